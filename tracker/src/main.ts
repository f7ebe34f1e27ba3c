import { eventFields, installApi } from './api.ts';
import { on } from './core/input.ts';
import { siteOf } from './core/site.ts';
import type { Site } from './core/site.ts';
import { createTracker } from './core/tracker.ts';
import { startActiveUsers } from './modules/active_users/index.ts';
import { startPerformance } from './modules/performance/index.ts';
import { startPageAnalytics } from './modules/page_analytics/index.ts';

function start(site: Site): void {
  const openApi = installApi();

  const begin = (): void => {
    const tracker = createTracker(site);
    startPageAnalytics(tracker);
    startActiveUsers(tracker);
    startPerformance(site);
    openApi(tracker, (name, parameters = {}) => {
      const at = Date.now();
      const emit = (): void => {
        tracker.event(name, eventFields(parameters), at);
      };
      // Right after a `pushState` the new page is counted one task later, and the event belongs to it.
      if (tracker.pageIsStale()) setTimeout(emit);
      else emit();
    });
  };

  // A page that is only prepared has no visitor yet: https://wicg.github.io/nav-speculation/prerendering.html
  if ((document as { prerendering?: boolean }).prerendering) {
    on('prerenderingchange', begin);
  } else {
    begin();
  }
}

const script = document.currentScript as HTMLScriptElement | null;
// What the first snippet has set tells a second one to count nothing twice.
if (script && script.dataset['site'] && !(window.ut || {}).optOut) start(siteOf(script));
