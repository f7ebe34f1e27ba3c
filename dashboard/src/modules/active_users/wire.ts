// How a tab hears the live stream: browsers allow six connections per host, so one stream serves all tabs of a site.
// Through a shared worker where there is one; else one tab leads and tells the others; else each for itself.
import { presenceAddress } from '../../core/api.ts';
import { Hub } from './hub.ts';
import { openStream, type Hear, type News } from './stream.ts';

/** What a tab asks of the worker: to hear of a site, or of none any more. `lock` is held as long as the tab lives. */
export interface Order {
  site: number | null;
  lock: string | null;
}

/** The address of the built worker. */
declare const PRESENCE_WORKER: string;

type Leave = () => void;

/** Holds a lock of this tab's own until it is let go of. Without locks (a page without TLS has none) it goes on at once. */
function holding(held: (name: string | null) => void): Leave {
  if (!('locks' in navigator)) {
    held(null);
    return () => {};
  }
  const name = `ut-live-tab-${crypto.randomUUID()}`;
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks.request(name, () => {
    held(name);
    return until;
  });
  return release;
}

function byWorker(site: number, hear: Hear): Leave {
  const worker = new SharedWorker(PRESENCE_WORKER, 'ut-live');
  let left = false;
  let instead: Leave = () => {};
  // Its script may be gone (the server was replaced) or refused; the stream must not be.
  worker.onerror = () => {
    if (!left) instead = byLeader(site, hear);
  };
  worker.port.onmessage = ({ data }: MessageEvent<News>) => {
    if (!left) hear(data);
  };
  const say = (order: Order) => {
    worker.port.postMessage(order);
  };
  const release = holding((lock) => {
    if (!left) say({ site, lock });
  });
  return () => {
    left = true;
    say({ site: null, lock: null });
    worker.port.close();
    release();
    instead();
  };
}

/** One tab holds the site's lock, has the stream, and tells the others; when it goes, the next in line has the lock. */
function byLeader(site: number, hear: Hear): Leave {
  if (!('locks' in navigator) || typeof BroadcastChannel === 'undefined') {
    return openStream(presenceAddress(site), hear);
  }
  const name = `ut-live-${site}`;
  const channel = new BroadcastChannel(name);
  const abort = new AbortController();
  let hub: Hub | null = null;
  let retire = () => {};
  const tellAll = (news: News) => {
    channel.postMessage(news);
  };
  channel.onmessage = ({ data }: MessageEvent<News | 'ask'>) => {
    if (data !== 'ask') hear(data);
    else hub?.tell(tellAll);
  };
  channel.postMessage('ask');
  const lead = () =>
    new Promise<void>((resolve) => {
      hub = new Hub((tell) => openStream(presenceAddress(site), tell));
      const leave = hub.join((news) => {
        hear(news);
        tellAll(news);
      });
      retire = () => {
        leave();
        resolve();
      };
    });
  // Refused only by our own abort: whoever leaves before its turn does not want the lock.
  navigator.locks.request(name, { signal: abort.signal }, lead).catch(() => {});
  return () => {
    abort.abort();
    retire();
    channel.close();
  };
}

/** Hears a site's stream until the returned function is called. */
export function join(site: number, hear: Hear): Leave {
  return typeof SharedWorker === 'undefined' ? byLeader(site, hear) : byWorker(site, hear);
}
