// The live stream of one site. Closed while the tab is hidden (browsers allow six connections per host), and opened
// again with growing pauses when the server refuses, which EventSource itself does not do.
import { useEffect, useRef, useState } from 'preact/hooks';
import { me, presenceAddress, type Activity, type Presence } from '../../core/api.ts';
import { decodeActivity, decodePresence } from '../../core/decode.ts';
import { asProblem } from '../../core/problem.ts';

export interface Live {
  presence: Presence | null;
  /** Newest first. */
  activity: Activity[];
  connected: boolean;
}

interface Listener {
  onActivity: () => void;
  onSignedOut: () => void;
}

const FEED_LENGTH = 6;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const NOTHING: Live = { presence: null, activity: [], connected: true };

function parse(event: MessageEvent): unknown {
  try {
    return JSON.parse(String(event.data)) as unknown;
  } catch {
    return null;
  }
}

/** Newest first; an event that is already there (the stream repeats some after a reconnect) changes nothing. */
export function addActivity(feed: Activity[], next: Activity): Activity[] {
  if (feed.some(({ id }) => id === next.id)) return feed;
  return [next, ...feed].sort((a, b) => b.at - a.at).slice(0, FEED_LENGTH);
}

export function usePresence(site: number | null, listener: Listener): Live {
  const [live, setLive] = useState(NOTHING);
  const latest = useRef(listener);
  latest.current = listener;

  useEffect(() => {
    if (site === null) return undefined;
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = FIRST_PAUSE_MS;
    const patch = (change: Partial<Live>) => {
      setLive((before) => ({ ...before, ...change }));
    };
    const close = () => {
      clearTimeout(timer);
      source?.close();
      source = null;
    };
    const refused = () => {
      close();
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      // EventSource hides the status; a session that ended must lead to the login.
      me().catch((error: unknown) => {
        if (asProblem(error).status === 401) latest.current.onSignedOut();
      });
    };
    const open = () => {
      close();
      source = new EventSource(presenceAddress(site));
      source.addEventListener('presence', (event) => {
        pause = FIRST_PAUSE_MS;
        const json = parse(event);
        if (json !== null) patch({ presence: decodePresence(json), connected: true });
      });
      source.addEventListener('activity', (event) => {
        const json = parse(event);
        if (json === null) return;
        const next = decodeActivity(json);
        setLive((before) => ({ ...before, activity: addActivity(before.activity, next), connected: true }));
        latest.current.onActivity();
      });
      source.onopen = () => {
        patch({ connected: true });
      };
      source.onerror = () => {
        patch({ connected: false });
        if (source?.readyState === EventSource.CLOSED) refused();
      };
    };
    const onVisibility = () => {
      if (document.hidden) close();
      else if (!source) open();
    };
    const onOffline = () => {
      patch({ connected: false });
    };
    setLive(NOTHING);
    if (!document.hidden) open();
    document.addEventListener('visibilitychange', onVisibility);
    addEventListener('offline', onOffline);
    return () => {
      close();
      document.removeEventListener('visibilitychange', onVisibility);
      removeEventListener('offline', onOffline);
    };
  }, [site]);

  return live;
}
