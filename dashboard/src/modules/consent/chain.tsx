// Whether the receipts are still what was written, asked when somebody wants to know.
import { useState } from 'preact/hooks';
import { format, printable } from '../../core/format.ts';
import { asProblem } from '../../core/problem.ts';
import { verifyChain, type Verdict } from './receipts.ts';

export interface Finding {
  tone: 'good' | 'bad' | 'unknown';
  words: string;
}

const receiptsWord = (count: number) => (count === 1 ? '1 receipt' : `${format.count(count)} receipts`);

/** A verdict in words. */
export function findingOf({ ok, from, receipts, broken }: Verdict): Finding {
  const older = from > 1 ? ` It begins with number ${from}: older ones were deleted for their age.` : '';
  if (ok && receipts === 0) {
    return { tone: 'good', words: `There is no receipt to check${older === '' ? ' yet' : ''}.${older}` };
  }
  if (ok) {
    const words =
      receipts === 1
        ? 'The chain is whole: its one receipt is what was written.'
        : `The chain is whole: all ${receiptsWord(receipts)} are what was written, in their order.`;
    return { tone: 'good', words: words + older };
  }
  if (!broken) return { tone: 'unknown', words: 'The server did not say whether the chain is whole.' };
  const whole =
    receipts > 1
      ? ` The ${receiptsWord(receipts)} before it are whole.`
      : receipts === 1
        ? ' The one before it is whole.'
        : '';
  const why = printable(broken.why).replace(/\.$/, '');
  return { tone: 'bad', words: `The chain is broken at receipt ${broken.number}: ${why}.${whole}` };
}

export function useChain(site: number, onSignedOut: () => void) {
  const [finding, setFinding] = useState<Finding | null>(null);
  const [busy, setBusy] = useState(false);
  const check = () => {
    setBusy(true);
    setFinding(null);
    verifyChain(site)
      .then(
        (verdict) => {
          setFinding(findingOf(verdict));
        },
        (error: unknown) => {
          const problem = asProblem(error);
          if (problem.status === 401) onSignedOut();
          setFinding({ tone: 'unknown', words: `The chain could not be checked. ${problem.detail}` });
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  return { finding, busy, check };
}

/** Stands there before there is anything to say: what changes in it is read aloud. */
export function ChainFinding({ finding, busy }: { finding: Finding | null; busy: boolean }) {
  return (
    <p class="chain" role="status" data-tone={finding?.tone}>
      {busy ? 'Checking every receipt…' : (finding?.words ?? '')}
    </p>
  );
}
