// Light, dark, or what the system says. `boot.ts` applies the choice before the first paint.

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORE = 'ut.theme';

export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORE);
    return THEMES.find((theme) => theme === stored) ?? 'auto';
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
    return 'auto';
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function storeTheme(theme: Theme): void {
  try {
    localStorage.setItem(STORE, theme);
  } catch {
    // See above.
  }
}
