// Asked before a person is erased: what happens, and a word that nobody types by accident.
import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../core/problem.ts';
import { Dialog } from '../../core/ui/parts.tsx';
import { WAY, type Person } from './subjects.ts';

const WORD = 'erase';

interface Props {
  person: Person;
  run: () => Promise<void>;
  onClose: () => void;
}

export function EraseDialog({ person, run, onClose }: Props) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const agreed = typed.trim().toLowerCase() === WORD;
  const go = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!agreed || busy) return;
    setBusy(true);
    run().then(onClose, (error: unknown) => {
      setProblem(asProblem(error));
      setBusy(false);
    });
  };
  return (
    <Dialog title="Erase this person?" onClose={onClose}>
      <p class="confirm-words">
        {WAY[person.way].label} <bdi class="erase-who">{person.value.trim()}</bdi>
      </p>
      <ul class="erase-what">
        <li>Their personal data is deleted at once, and the key it was sealed with is destroyed.</li>
        <li>Their events, sessions and web vitals are deleted from every store, usually within minutes.</li>
        <li>What comes from them later under the same id is refused.</li>
        <li>Their receipts of consent stay, but nobody can read any more whose they were.</li>
        <li>Sums by day stay: nobody is told from anybody in them.</li>
      </ul>
      <p class="confirm-words">This cannot be undone.</p>
      <form class="erase-form" onSubmit={go}>
        <div class="field">
          <label for="erase-word">Type “{WORD}” to confirm</label>
          <input
            id="erase-word"
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            value={typed}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
            }}
          />
        </div>
        {problem && (
          <p class="form-error" role="alert">
            {problem.detail}
          </p>
        )}
        <div class="confirm-actions">
          <button type="submit" class="button danger" disabled={!agreed || busy}>
            {busy ? 'Erasing…' : 'Erase'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
