// What the values of an opened line were caused by.
import { useEffect, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../core/problem.ts';
import type { Scope } from '../../core/query.ts';
import { causes, type By, type Caused, type Causes } from './ask.ts';

export interface CausesReading {
  /** Null until they are there. */
  found: Record<Caused, Causes> | null;
  problem: Problem | null;
  retry: () => void;
}

export function useCauses(site: number, scope: Scope, by: By, value: string): CausesReading {
  const [state, setState] = useState<Pick<CausesReading, 'found' | 'problem'>>({
    found: null,
    problem: null,
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    causes(site, scope, [by, value], abort.signal).then(
      (found) => {
        if (!abort.signal.aborted) setState({ found, problem: null });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ found: null, problem: asProblem(error) });
      },
    );
    return () => {
      abort.abort();
    };
  }, [site, scope, by, value, turn]);
  const retry = () => {
    setState({ found: null, problem: null });
    setTurn(turn + 1);
  };
  return { ...state, retry };
}
