// The shared worker: all tabs of a browser hear one stream per site through it.
import { presenceAddress } from '../../core/api.ts';
import { Hub } from './hub.ts';
import { openStream } from './stream.ts';
import type { Order } from './wire.ts';

const hubs = new Map<number, Hub>();

function hubOf(site: number): Hub {
  let hub = hubs.get(site);
  if (!hub) {
    hub = new Hub((hear) => openStream(presenceAddress(site), hear));
    hubs.set(site, hub);
  }
  return hub;
}

function serve(port: MessagePort): void {
  let leave = () => {};
  port.onmessage = ({ data }: MessageEvent<Order>) => {
    leave();
    leave = () => {};
    if (data.site === null) return;
    const end = hubOf(data.site).join((news) => {
      port.postMessage(news);
    });
    leave = end;
    // A port does not say that its tab is gone (crashed, or killed by the system); the tab's lock does.
    if (data.lock !== null) void navigator.locks.request(data.lock, end);
  };
}

// The types of a page's scope are the ones at hand; this event is a worker's.
addEventListener('connect' as keyof WindowEventMap, (event) => {
  for (const port of (event as MessageEvent).ports) serve(port);
});
