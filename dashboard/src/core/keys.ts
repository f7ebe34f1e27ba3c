// Single-key shortcuts for the whole page.
import { useEffect, useRef } from 'preact/hooks';
import { PERIODS, PERIOD_WORDS, type Period } from './period.ts';

export const PERIOD_KEYS: Partial<Record<string, Period>> = Object.fromEntries(
  PERIODS.flatMap((period) => {
    const key = PERIOD_WORDS[period].key;
    return key ? [[key.toLowerCase(), period]] : [];
  }),
);

/** What the list of shortcuts says. */
export const SHORTCUTS: readonly (readonly [key: string, does: string])[] = [
  ...PERIODS.flatMap((period) => {
    const { key, long } = PERIOD_WORDS[period];
    return key ? [[key, long] as const] : [];
  }),
  ['X', 'Compare with the time before'],
  ['F', 'Add a filter'],
  ['/', 'Search'],
  ['?', 'These shortcuts'],
  ['Esc', 'Close'],
];

/** True where a letter is text, or where another control or dialog has the keyboard. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input, select, textarea, dialog[open], [role="menu"]') !== null)
  );
}

/** Calls `onKey` with the lower-case letter for every plain key press outside of fields. */
export function useKeys(onKey: (key: string, event: KeyboardEvent) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      latest.current(event.key.toLowerCase(), event);
    };
    document.addEventListener('keydown', listen);
    return () => {
      document.removeEventListener('keydown', listen);
    };
  }, []);
}
