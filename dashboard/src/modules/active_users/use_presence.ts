// The live picture of one site, heard while the tab is visible.
import { useEffect, useRef, useState } from 'preact/hooks';
import { me, type Activity, type Presence } from '../../core/api.ts';
import { decodeActivity, decodePresence } from '../../core/decode.ts';
import { asProblem } from '../../core/problem.ts';
import { decodeCountries, type CountryNow } from './countries.ts';
import { addActivity } from './feed.ts';
import type { News } from './stream.ts';
import { join } from './wire.ts';

export interface Live {
  presence: Presence | null;
  countries: CountryNow[] | null;
  /** Newest first. */
  activity: Activity[];
  connected: boolean;
}

interface Listener {
  onActivity: () => void;
  onSignedOut: () => void;
}

const NOTHING: Live = { presence: null, countries: null, activity: [], connected: true };

/** The picture after a piece of news. */
function after(live: Live, news: News): Live {
  switch (news.kind) {
    case 'presence':
      return {
        ...live,
        presence: decodePresence(news.data),
        countries: decodeCountries(news.data),
        connected: true,
      };
    case 'activity':
      return { ...live, activity: addActivity(live.activity, decodeActivity(news.data)), connected: true };
    case 'connected':
      return { ...live, connected: news.is };
    case 'refused':
      return live;
  }
}

export function usePresence(site: number | null, listener: Listener): Live {
  const [live, setLive] = useState(NOTHING);
  const latest = useRef(listener);
  latest.current = listener;

  useEffect(() => {
    if (site === null) return undefined;
    let leave: (() => void) | null = null;
    const hear = (news: News) => {
      setLive((before) => after(before, news));
      if (news.kind === 'activity') latest.current.onActivity();
      if (news.kind !== 'refused') return;
      // EventSource hides the status; a session that ended must lead to the login.
      me().catch((error: unknown) => {
        if (asProblem(error).status === 401) latest.current.onSignedOut();
      });
    };
    const stop = () => {
      leave?.();
      leave = null;
    };
    const onVisibility = () => {
      if (document.hidden) stop();
      else leave ??= join(site, hear);
    };
    const onOffline = () => {
      setLive((before) => ({ ...before, connected: false }));
    };
    setLive(NOTHING);
    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    addEventListener('offline', onOffline);
    return () => {
      stop();
      document.removeEventListener('visibilitychange', onVisibility);
      removeEventListener('offline', onOffline);
    };
  }, [site]);

  return live;
}
