import { load } from '../../core/load.ts';
import { optedOut } from '../../core/privacy.ts';
import { site } from '../../core/site.ts';

/** Fetches what measures the page once the page has nothing better to do; measuring starts from what the browser kept. */
export function startPerformance(): void {
  const measure = (): void => {
    if (optedOut()) return;
    load(`${site.base}ut-vitals${site.vitals && `-${site.vitals}`}.js`);
  };
  const { requestIdleCallback: whenIdle = setTimeout } = window as {
    requestIdleCallback?: (run: () => void) => void;
  };
  if (site.vitals !== 'off') whenIdle(measure);
}
