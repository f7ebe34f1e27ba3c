// A list of the server's, asked again after each change.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { asProblem, type Problem } from './problem.ts';

export interface Listed<T> {
  /** Null while it is not known. */
  items: T | null;
  problem: Problem | null;
  reload: () => void;
}

export function useList<T>(load: () => Promise<T>, onSignedOut: () => void): Listed<T> {
  const [items, setItems] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const reload = useCallback(() => {
    load().then(
      (found) => {
        setItems(found);
        setProblem(null);
      },
      (error: unknown) => {
        const found = asProblem(error);
        if (found.status === 401) onSignedOut();
        setProblem(found);
      },
    );
  }, [load, onSignedOut]);
  useEffect(reload, [reload]);
  return { items, problem, reload };
}
