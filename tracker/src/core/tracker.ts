import { uuidv7 } from './ids.ts';
import { PAGES_LIMIT, PRESENCE_URL_LENGTH } from './limits.ts';
import { address, nextPage } from './page.ts';
import { post } from './pace.ts';
import type { Page } from './page.ts';
import { optedOut } from './privacy.ts';
import { site } from './site.ts';
import { short } from './text.ts';
import { createTransport } from './transport.ts';

/** What a module may use. */
export interface Tracker {
  /** The pages that were shown, the one that is shown last. The first stays, of the others the newest. */
  readonly pages: readonly Page[];
  /** Another page is shown from now on. */
  turnPage(): void;
  /** Has the address changed since the page was shown? */
  pageIsStale(): boolean;
  /** Queues an event on a page, that which is shown unless another is named; `fields` go beside the envelope's own. */
  event(name: string, fields?: object, at?: number, on?: Page): void;
  /** Sends a heartbeat, which is worthless later and therefore never sent again. */
  presence(): void;
}

export function createTracker(): Tracker {
  let page = nextPage(null);
  const pages = [page];

  /** What every request says; what there is nothing to say of is left out. */
  const common = (): object => ({
    site: site.site,
    ...site.said,
    // A program drives the browser; the Mac is an iPad. Some digitizers say 256, and the door takes a byte.
    webdriver: navigator.webdriver || undefined,
    touch_points: Math.min(navigator.maxTouchPoints, 255) || undefined,
  });

  const send = createTransport(`${site.base}e`, (events) => {
    const envelope = {
      ...common(),
      sent_at: Date.now(),
      tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
      lang: navigator.language,
      viewport: [innerWidth, innerHeight],
    };
    return `${JSON.stringify(envelope).slice(0, -1)},"events":[${events}]}`;
  });

  return {
    pages,
    turnPage() {
      pages.push((page = nextPage(page)));
      if (pages.length > PAGES_LIMIT) pages.splice(1, 1);
    },
    pageIsStale: () => page.url !== address(),
    event(name, fields, at = Date.now(), on = page) {
      if (optedOut()) return;
      on.seq++;
      send({ id: uuidv7(at), name, ts: at, ...on, title: short(document.title), ...fields });
    },
    presence() {
      if (optedOut()) return;
      // The live view shows pages by path; a query would only make the body long.
      const url = page.url.replace(/\?.*/, '').slice(0, PRESENCE_URL_LENGTH);
      post(`${site.base}p`, JSON.stringify({ ...common(), page_view: page.page_view, url })).catch(
        () => undefined,
      );
    },
  };
}
