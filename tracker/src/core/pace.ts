// The waiting line's rules: how much goes at once, and when again. This file imports nothing: only then does the
// bundler write numbers where they are used.

/** Events that are sent within this many milliseconds of each other share a request. */
export const GATHER_MS = 250;
/** Oldest go first when more are waiting: memory stays bounded while a server is away. */
export const QUEUE_LIMIT = 200;
const BATCH_EVENTS = 20;
/** Characters of events in one request. */
const BATCH_LENGTH = 16_000;
/** The browser grants 64 KiB of keep-alive bodies; a character is at most three bytes. */
const KEEPALIVE_LENGTH = 20_000;
const BACKOFF_MS = 1_000;
const BACKOFF_LIMIT_MS = 300_000;
/** A timer beyond 2³¹ ms would fire at once. */
const RETRY_AFTER_LIMIT_MS = 86_400_000;

/** One POST that outlives the page. No content type is named: `text/plain` is the default and needs no preflight. */
export function post(url: string, body: string): Promise<Response> {
  // Not sendBeacon: it tells nothing about the answer, so nothing could be sent again.
  return fetch(url, {
    method: 'POST',
    body,
    credentials: 'include',
    keepalive: body.length < KEEPALIVE_LENGTH,
  });
}

/** Milliseconds the server asks to wait (seconds or a date, RFC 9110 §10.2.3); 0 when it asks nothing. */
export function retryAfter(header: string | null): number {
  const wait = Number(header) * 1000 || Date.parse(header as string) - Date.now() || 0;
  return Math.min(wait, RETRY_AFTER_LIMIT_MS);
}

/** Doubles with every failure; the jitter keeps the visitors of a shop from coming back in one wave. */
export function backoff(failures: number, random: number): number {
  return Math.min(BACKOFF_MS * 2 ** failures, BACKOFF_LIMIT_MS) * (0.5 + random);
}

/** How many of the waiting events go into one request: at least one, whatever its length. */
export function batchSize(queue: readonly string[]): number {
  let length = 0;
  const fitting = queue.filter((event, index) => {
    length += event.length;
    return !index || (index < BATCH_EVENTS && length <= BATCH_LENGTH);
  });
  return fitting.length;
}
