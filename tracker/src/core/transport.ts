import { GATHER_MS, QUEUE_LIMIT, backoff, batchSize, post, retryAfter } from './pace.ts';
import { on } from './input.ts';
import { optedOut } from './privacy.ts';
import { site } from './site.ts';

/**
 * The waiting line to one address. `wrap` makes the body around serialised events, anew for every attempt.
 * Returns the function that adds an event.
 */
export function createTransport(url: string, wrap: (events: string) => string): (event: object) => void {
  let queue: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let inFlight = 0;
  let failures = 0;
  /** The server asked for silence until then, by the clock that nobody sets back. */
  let silentUntil = 0;

  const schedule = (delay: number): void => {
    timer = timer || setTimeout(send, Math.max(delay, silentUntil - performance.now()));
  };

  /** Only one request at a time: the first answer may set the identity that the second must carry. */
  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    // What the visitor has just said is sent with the rest, not after it.
    if (site.requests.length || performance.now() < silentUntil) schedule(GATHER_MS);
    else if (!inFlight) void sendBatch();
  };

  const sendBatch = async (): Promise<void> => {
    if (optedOut()) queue = [];
    if (!queue.length) return;
    const batch = queue.splice(0, batchSize(queue));
    let settled = false;
    inFlight++;
    try {
      const { status, headers } = (site.answer = await post(url, wrap(batch.join())));
      // Another 4xx would be the same the next time; the server has counted it.
      settled = status !== 429 && status < 500;
      if (!settled) silentUntil = performance.now() + retryAfter(headers.get('Retry-After'));
    } catch {
      // Not sent, as far as anybody knows: the server recognises what it has.
    }
    inFlight--;
    if (settled) failures = 0;
    else queue = batch.concat(queue).slice(-QUEUE_LIMIT);
    if (queue.length) schedule(settled ? GATHER_MS : backoff(failures++, Math.random()));
  };

  /** The page may never run again: everything goes now, beside a request in flight and before the back-off is over. */
  const sendAll = (): void => {
    while (queue.length && performance.now() >= silentUntil) void sendBatch();
  };

  // Not `on`: what others say when they hear of it, in whatever order they came, shall go along.
  addEventListener('visibilitychange', () => {
    if (document.hidden) sendAll();
  });
  on('pagehide', sendAll);
  on('online', send);

  return (event) => {
    queue = queue.concat(JSON.stringify(event)).slice(-QUEUE_LIMIT);
    schedule(GATHER_MS);
  };
}
