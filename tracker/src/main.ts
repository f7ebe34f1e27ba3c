import { on } from './core/input.ts';
import { readSite, site } from './core/site.ts';
import type { Call } from './core/site.ts';
import { createTracker } from './core/tracker.ts';
import { startActiveUsers } from './modules/active_users/index.ts';
import { hearDataLayer } from './modules/ecommerce/layer.ts';
import { startMarks } from './modules/ecommerce/marks.ts';
import { startPageAnalytics } from './modules/page_analytics/index.ts';
import { startPerformance } from './modules/performance/index.ts';
import { eventFields } from './core/fields.ts';
import { ask, installApi } from './api.ts';

function begin(): void {
  const tracker = (site.tracker = createTracker());
  startPageAnalytics(tracker);
  startActiveUsers(tracker);
  startPerformance();
  const push = ([name, parameters = {}]: Call): void => {
    const emit = (): void => {
      tracker.event(name, eventFields(parameters));
    };
    // Right after a `pushState` the new page is counted one task later, and the event belongs to it.
    if (tracker.pageIsStale()) setTimeout(emit);
    else emit();
  };
  (site.line as Call[]).forEach(push);
  site.line = { push };
  startMarks();
}

function start(script: HTMLScriptElement): void {
  readSite(script);
  installApi();
  hearDataLayer();
  site.begin = begin;
  if (site.closed || script.dataset['cmp']) void ask(script.dataset['cmp']);
  // What finds consent begins.
  if (site.closed) return;
  // A page that is only prepared has no visitor yet: https://wicg.github.io/nav-speculation/prerendering.html
  if ((document as { prerendering?: boolean }).prerendering) on('prerenderingchange', begin);
  else begin();
}

const script = document.currentScript as HTMLScriptElement | null;
// What the first snippet has set tells a second one to count nothing twice.
if (script && script.dataset['site'] && !(window.ut || {}).optOut) start(script);
