// Single-key shortcuts for the whole page.
import { useEffect, useRef } from 'preact/hooks';
import type { Range } from './url.ts';

/** Plausible's letters, so that hands need not learn anew. */
export const RANGE_KEYS: Partial<Record<string, Range>> = { d: 'day', w: '7d', t: '30d', l: '12mo' };

/** True where a letter is text, or where another control or dialog has the keyboard. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, select, textarea, dialog[open]') !== null)
  );
}

/** Calls `onKey` with the lower-case letter for every plain key press outside of fields. */
export function useKeys(onKey: (key: string) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      latest.current(event.key.toLowerCase());
    };
    document.addEventListener('keydown', listen);
    return () => {
      document.removeEventListener('keydown', listen);
    };
  }, []);
}
