// The figures of a site, by one dimension; the old ones stay while new ones are on the way.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../core/problem.ts';
import type { Scope } from '../../core/query.ts';
import { speed, type By, type Speed } from './ask.ts';

interface State {
  site: number;
  by: By;
  /** What was asked about. */
  scope: Scope;
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

/** `scope` is the same object while it says the same. */
export function useSpeed(site: number | null, scope: Scope, by: By, onSignedOut: () => void): SpeedReading {
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
    speed(site, scope, by, abort.signal)
      .then(
        (found) => {
          if (abort.signal.aborted) return;
          setState({ site, by, scope, found });
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
  }, [site, scope, by, turn, onSignedOut]);
  // Another site's figures, or lines of another kind, must not stand under these words, nor, once these could not be
  // asked for, those of another period or filter; the totals are of no kind.
  const fits = state !== null && state.site === site && (problem === null || state.scope === scope);
  return {
    totals: fits ? state.found.totals : null,
    rows: fits && state.by === by ? state.found.rows : null,
    problem,
    pending,
    retry,
  };
}
