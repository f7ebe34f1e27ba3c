// The newest events, each once.
import type { Activity } from '../../core/api.ts';

/** As many as the realtime page shows. */
export const FEED_LENGTH = 10;

/** Newest first; an event that is already there (the stream repeats some after a reconnect) changes nothing. */
export function addActivity(feed: Activity[], next: Activity): Activity[] {
  if (feed.some(({ id }) => id === next.id)) return feed;
  return [next, ...feed].sort((a, b) => b.at - a.at).slice(0, FEED_LENGTH);
}
