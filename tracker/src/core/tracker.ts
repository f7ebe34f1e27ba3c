import { uuidv7 } from './ids.ts';
import { addressKey, nextPage } from './page.ts';
import { post } from './pace.ts';
import type { Page } from './page.ts';
import { consent, optedOut } from './privacy.ts';
import type { Site } from './site.ts';
import { createTransport } from './transport.ts';

/** What a module may use. */
export interface Tracker {
  /** The page that is shown. */
  page(): Page;
  /** Another page is shown from now on. */
  turnPage(): void;
  /** Has the address changed since the page was shown? */
  pageIsStale(): boolean;
  /** Queues an event on the page that is shown; `fields` go beside the envelope's own. */
  event(name: string, at: number, fields?: object): void;
  /** Sends a heartbeat, which is worthless later and therefore never sent again. */
  presence(): void;
}

/** A URL this long and the rest of a heartbeat stay within the door's 1 KiB. */
const PRESENCE_URL_LENGTH = 700;

/** At most 1,000 bytes, because the door refuses more than 1,024; whole code points, because half a pair is no text. */
function title(): string {
  return Array.from(document.title).slice(0, 250).join('');
}

export function createTracker(site: Site): Tracker {
  let page = nextPage(null);

  /** What every request says; what there is nothing to say of is left out. */
  const common = (): object => ({
    site: site.key,
    consent: consent(),
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
    page: () => page,
    turnPage() {
      page = nextPage(page);
    },
    pageIsStale: () => page.key !== addressKey(),
    event(name, at, fields) {
      if (optedOut()) return;
      send({
        id: uuidv7(at),
        name,
        ts: at,
        page_view: page.id,
        seq: ++page.seq,
        url: page.url,
        referrer: page.referrer,
        title: title(),
        ...fields,
      });
    },
    presence() {
      if (optedOut()) return;
      // The live view shows pages by path; a query would only make the body long.
      const url = page.url.replace(/\?.*/, '').slice(0, PRESENCE_URL_LENGTH);
      const body = { ...common(), page_view: page.id, url };
      post(`${site.base}p`, JSON.stringify(body)).catch(() => undefined);
    },
  };
}
