import { on } from '../../core/input.ts';
import { site } from '../../core/site.ts';
import type { Tracker } from '../../core/tracker.ts';
import { startEngagement } from './engagement.ts';
import { onAddressChange } from './navigation.ts';

/** Counts the page that is shown now, and every page after it, and how each is dealt with. */
export function startPageAnalytics(tracker: Tracker): void {
  tracker.event('page_view');
  const [tell, reset] = startEngagement(tracker);

  const turn = (site.turn = (): void => {
    tracker.turnPage();
    tracker.event('page_view');
    reset();
    site.look();
  });
  onAddressChange(() => {
    if (!tracker.pageIsStale()) return;
    // Now, while the page before still stands.
    tell();
    // A task later the new page has set its title; and of two changes in one task only the last was ever seen.
    setTimeout(() => {
      if (tracker.pageIsStale()) turn();
    });
  });

  // The back/forward cache restores a page without loading it: https://web.dev/articles/bfcache
  on('pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) turn();
  });
}
