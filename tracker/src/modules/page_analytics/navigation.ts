import { on } from '../../core/input.ts';

/** Calls back after every change of the address within this document, also one that turns out to be no new page. */
export function onAddressChange(changed: () => void): void {
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) {
    navigation.addEventListener('currententrychange', changed);
    return;
  }
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method].bind(history);
    history[method] = (...args: Parameters<History['pushState']>) => {
      original(...args);
      changed();
    };
  }
  on('popstate', changed);
}
