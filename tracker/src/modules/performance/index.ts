import { optedOut } from '../../core/privacy.ts';
import type { Site } from '../../core/site.ts';

/** Fetches what measures the page once the page has nothing better to do; measuring starts from what the browser kept. */
export function startPerformance({ base, vitals }: Site): void {
  const load = (): void => {
    if (optedOut()) return;
    const script = document.createElement('script');
    script.src = `${base}ut-vitals${vitals && `-${vitals}`}.js`;
    document.head.append(script);
  };
  const { requestIdleCallback: whenIdle = setTimeout } = window as {
    requestIdleCallback?: (run: () => void) => void;
  };
  if (vitals !== 'off') whenIdle(load);
}
