import { eventFields, installApi } from './api.ts';
import { siteOf } from './core/site.ts';
import type { Site } from './core/site.ts';
import { createTracker } from './core/tracker.ts';
import { startActiveUsers } from './modules/active_users/index.ts';
import { startPageAnalytics } from './modules/page_analytics/index.ts';

function start(site: Site): void {
  const openApi = installApi();

  const begin = (): void => {
    const tracker = createTracker(site);
    startPageAnalytics(tracker);
    startActiveUsers(tracker);
    openApi((name, parameters = {}) => {
      const at = Date.now();
      const emit = (): void => {
        tracker.event(name, at, eventFields(parameters));
      };
      // Right after a `pushState` the new page is counted one task later, and the event belongs to it.
      if (tracker.pageIsStale()) setTimeout(emit);
      else emit();
    });
  };

  // A page that is only prepared has no visitor yet: https://wicg.github.io/nav-speculation/prerendering.html
  if ((document as { prerendering?: boolean }).prerendering) {
    document.addEventListener('prerenderingchange', begin, { once: true });
  } else {
    begin();
  }
}

const site = siteOf(document.currentScript);
if (site && !window.ut?.ready) start(site);
