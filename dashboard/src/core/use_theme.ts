// The theme inside components.
import { useEffect, useState } from 'preact/hooks';
import { applyTheme, storedTheme, storeTheme, type Theme } from './theme.ts';

const changed = new EventTarget();

/** The choice, and what changes it. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(storedTheme);
  const choose = (next: Theme) => {
    setTheme(next);
    applyTheme(next);
    storeTheme(next);
    changed.dispatchEvent(new Event('change'));
  };
  return [theme, choose];
}

/** Counts up whenever the colours change; canvases must be drawn anew then. */
export function useColourEpoch(): number {
  const [epoch, setEpoch] = useState(0);
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const bump = () => {
      setEpoch((before) => before + 1);
    };
    system.addEventListener('change', bump);
    changed.addEventListener('change', bump);
    return () => {
      system.removeEventListener('change', bump);
      changed.removeEventListener('change', bump);
    };
  }, []);
  return epoch;
}
