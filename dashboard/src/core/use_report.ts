// A report that stays on screen while its next version is on the way.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Report } from './api.ts';
import { asProblem, type Problem } from './problem.ts';
import type { Refresher } from './refresh.ts';
import type { Range } from './url.ts';

export interface Loaded {
  report: Report;
  /** What was asked: the report may still be the previous answer while a new one is on the way. */
  range: Range;
  site: number;
  /** Unix milliseconds of the answer. */
  at: number;
}

export interface Reading {
  loaded: Loaded | null;
  problem: Problem | null;
  /** The shown report does not answer the present question yet. */
  pending: boolean;
  retry: () => void;
}

type Load = (site: number, range: Range, signal: AbortSignal) => Promise<Report>;

/** Without a site nothing is asked. `variant` tells apart what site and range do not. */
interface Question {
  site: number | null;
  range: Range;
  variant: string;
}

/**
 * Asks now, at every refresh, and anew when `question` changes. An answer of another site is dropped at once, one of
 * another range stays (dimmed by the panel) until the new one is there.
 */
export function useReport(
  question: Question,
  load: Load,
  refresher: Refresher,
  onSignedOut: () => void,
): Reading {
  const [state, setState] = useState<{ loaded: Loaded | null; problem: Problem | null; key: string }>({
    loaded: null,
    problem: null,
    key: '',
  });
  const latest = useRef({ load, onSignedOut });
  latest.current = { load, onSignedOut };
  const again = useRef(() => {});
  const { site, range, variant } = question;
  const key = `${site ?? ''} ${range} ${variant}`;

  useEffect(() => {
    if (site === null) return undefined;
    const abort = new AbortController();
    let busy = false;
    const run = async () => {
      // A slow answer must not be overtaken by the next question for the same thing.
      if (busy) return;
      busy = true;
      try {
        const report = await latest.current.load(site, range, abort.signal);
        if (abort.signal.aborted) return;
        setState({ loaded: { report, range, site, at: Date.now() }, problem: null, key });
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem = asProblem(error);
        if (problem.status === 401) latest.current.onSignedOut();
        setState((before) => ({
          loaded: before.key === key ? before.loaded : null,
          problem,
          key,
        }));
      } finally {
        busy = false;
      }
    };
    again.current = () => void run();
    void run();
    const end = refresher.subscribe(() => void run());
    return () => {
      abort.abort();
      end();
    };
  }, [site, range, key, refresher]);

  const loaded = state.loaded?.site === site ? state.loaded : null;
  const retry = useCallback(() => {
    setState((before) => ({ ...before, problem: null }));
    again.current();
  }, []);
  return {
    loaded,
    problem: state.key === key ? state.problem : null,
    pending: state.key !== key,
    retry,
  };
}
