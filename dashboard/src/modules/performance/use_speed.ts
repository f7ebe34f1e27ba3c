// The figures of a site and a period, by one dimension; the old ones stay while new ones are on the way.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../core/problem.ts';
import { speed, type By, type Period, type Speed } from './ask.ts';

interface State {
  site: number;
  by: By;
  found: Speed;
}

export interface SpeedReading {
  totals: Speed['totals'] | null;
  rows: Speed['rows'] | null;
  problem: Problem | null;
  pending: boolean;
  retry: () => void;
}

/** Vitals change slowly: a minute is often enough. */
const REFRESH_MS = 60_000;

export function useSpeed(site: number | null, period: Period, by: By, onSignedOut: () => void): SpeedReading {
  const [state, setState] = useState<State | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, setPending] = useState(true);
  const [turn, setTurn] = useState(0);
  const retry = useCallback(() => {
    setProblem(null);
    setTurn((before) => before + 1);
  }, []);
  useEffect(() => {
    if (site === null) return undefined;
    const abort = new AbortController();
    setPending(true);
    speed(site, period, by, abort.signal)
      .then(
        (found) => {
          if (abort.signal.aborted) return;
          setState({ site, by, found });
          setProblem(null);
        },
        (error: unknown) => {
          if (abort.signal.aborted) return;
          const found = asProblem(error);
          if (found.status === 401) onSignedOut();
          setProblem(found);
        },
      )
      .finally(() => {
        if (!abort.signal.aborted) setPending(false);
      });
    const timer = setInterval(() => {
      if (!document.hidden) setTurn((before) => before + 1);
    }, REFRESH_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [site, period, by, turn, onSignedOut]);
  // Another site's figures, or lines of another kind, must not stand under these words; the totals are of no kind.
  const own = state !== null && state.site === site ? state : null;
  return {
    totals: own ? own.found.totals : null,
    rows: own && own.by === by ? own.found.rows : null,
    problem,
    pending,
    retry,
  };
}
