// The receipts that were loaded so far, and how to get the older ones.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../core/problem.ts';
import { receiptPage, type Receipt } from './receipts.ts';

export interface Loaded {
  /** Null while nothing is known. */
  receipts: Receipt[] | null;
  /** Are there older ones? */
  more: boolean;
  pending: boolean;
  problem: Problem | null;
  /** The newest at first, then what follows; after a failure the same once more. */
  load: () => void;
}

export function useReceipts(site: number, onSignedOut: () => void): Loaded {
  const [receipts, setReceipts] = useState<Receipt[] | null>(null);
  const [next, setNext] = useState<number | null>(null);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  // A page that was left takes no answer any more.
  const wanted = useRef(true);
  useEffect(
    () => () => {
      wanted.current = false;
    },
    [],
  );
  const load = useCallback(() => {
    setPending(true);
    receiptPage(site, next)
      .then(
        (page) => {
          if (!wanted.current) return;
          setReceipts((before) => [...(before ?? []), ...page.receipts]);
          setNext(page.next);
          setProblem(null);
        },
        (error: unknown) => {
          if (!wanted.current) return;
          const found = asProblem(error);
          if (found.status === 401) onSignedOut();
          setProblem(found);
        },
      )
      .finally(() => {
        if (wanted.current) setPending(false);
      });
  }, [site, next, onSignedOut]);
  useEffect(load, [site]);
  return { receipts, more: next !== null, pending, problem, load };
}
