// Asked before what cannot be undone; and what is shown only once.
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../core/problem.ts';
import { CopyButton, Dialog } from '../../core/ui/parts.tsx';

interface ConfirmProps {
  title: string;
  words: string;
  action: string;
  run: () => Promise<void>;
  onClose: () => void;
}

export function Confirm({ title, words, action, run, onClose }: ConfirmProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const go = () => {
    setBusy(true);
    run().then(onClose, (error: unknown) => {
      setProblem(asProblem(error));
      setBusy(false);
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p class="confirm-words">{words}</p>
      {problem && (
        <p class="form-error" role="alert">
          {problem.detail}
        </p>
      )}
      <div class="confirm-actions">
        <button type="button" class="button danger" disabled={busy} onClick={go}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}

/** A word that nobody can be shown again. */
export function ShownOnce({ words, secret }: { words: string; secret: string }) {
  return (
    <div class="shown-once" role="status">
      <p>{words}</p>
      <div class="snippet">
        <code tabIndex={0}>{secret}</code>
        <CopyButton text={secret} />
      </div>
    </div>
  );
}
