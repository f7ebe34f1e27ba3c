// Who may sign in. All of them may do everything.
import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { printable } from '../../core/format.ts';
import { asProblem, type Problem } from '../../core/problem.ts';
import { Bone, Failure } from '../../core/ui/parts.tsx';
import { Field } from '../form.tsx';
import { addUser, removeUser, users, type User } from './api.ts';
import { Confirm } from './confirm.tsx';
import { Section } from './section.tsx';
import { useList } from '../../core/use_list.ts';

function AddUser({ onAdded }: { onAdded: (email: string) => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const add = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    addUser(email, password).then(
      () => {
        setEmail('');
        setPassword('');
        setProblem(null);
        onAdded(email);
      },
      (error: unknown) => {
        setProblem(asProblem(error));
      },
    );
  };
  const elsewhere = problem && !problem.at('email') && !problem.at('password') ? problem.detail : null;
  return (
    <form class="users-add" onSubmit={add}>
      <Field
        label="E-mail of the new user"
        kind="email"
        complete="off"
        value={email}
        onValue={setEmail}
        error={problem?.at('email')}
      />
      <Field
        label="Their first password"
        kind="password"
        complete="new-password"
        value={password}
        onValue={setPassword}
        hint="At least 12 characters. Hand it over yourself: nothing is mailed."
        error={problem?.at('password')}
      />
      {elsewhere && (
        <p class="form-error" role="alert">
          {elsewhere}
        </p>
      )}
      <button type="submit" class="button">
        Add the user
      </button>
    </form>
  );
}

export function Users({ email, onSignedOut }: { email: string; onSignedOut: () => void }) {
  const { items, problem, reload } = useList(users, onSignedOut);
  const [removing, setRemoving] = useState<User | null>(null);
  const [said, setSaid] = useState('');
  return (
    <Section title="Users" lead="Each may do everything on this server. The last one cannot be removed.">
      {problem && !items && <Failure problem={problem} retry={reload} />}
      {!items && !problem && <Bone kind="row" />}
      <ul class="keys">
        {items?.map((user) => (
          <li key={user.id}>
            <bdi class="foreign">{printable(user.email)}</bdi>
            {user.email === email && <span class="keys-scope">you</span>}
            <button
              type="button"
              class="button quiet-button"
              aria-label={`Remove ${printable(user.email)}`}
              disabled={items.length === 1}
              onClick={() => {
                setRemoving(user);
              }}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <p class="field-note" role="status">
        {said}
      </p>
      <AddUser
        onAdded={(added) => {
          setSaid(`${added} may sign in now.`);
          reload();
        }}
      />
      {removing && (
        <Confirm
          title="Remove this user?"
          words={`${printable(removing.email)} is signed out everywhere and cannot sign in any more.`}
          action="Remove the user"
          run={async () => {
            await removeUser(removing.id);
            setSaid('');
            if (removing.email === email) onSignedOut();
            else reload();
          }}
          onClose={() => {
            setRemoving(null);
          }}
        />
      )}
    </Section>
  );
}
