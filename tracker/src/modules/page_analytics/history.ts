// ut-navigation.js: for browsers without the Navigation API (Safari before 26.2, Firefox before 147).
import { on } from '../../core/input.ts';
import type { Site } from '../../core/site.ts';

const { changed } = window.ut?.shared as Site;
if (changed) {
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method].bind(history);
    history[method] = (...args: Parameters<History['pushState']>) => {
      original(...args);
      changed();
    };
  }
  on('popstate', changed);
  // What has changed while this script was on its way.
  changed();
}
