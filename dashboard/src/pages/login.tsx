import { useEffect, useState } from 'preact/hooks';
import * as api from '../core/api.ts';
import type { About } from '../core/api.ts';
import { go } from '../core/navigation.ts';
import { asProblem, type Problem } from '../core/problem.ts';
import { Field, FormError, FormPage } from './form.tsx';

export function Login() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [about, setAbout] = useState<About | null>(null);

  useEffect(() => {
    document.title = 'Sign in · Universal Tracking';
    // Somebody who is signed in already has no business here.
    if (!api.isSignedOut()) {
      api.me().then(
        () => {
          go('/');
        },
        () => {},
      );
    }
    api.about().then(setAbout, () => {});
  }, []);

  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    api.logIn(email, password).then(
      () => {
        go('/');
      },
      (error: unknown) => {
        setProblem(asProblem(error));
        setBusy(false);
      },
    );
  };
  const inFields = problem?.at('email') ?? problem?.at('password');
  return (
    <FormPage title="Sign in">
      {about && !about.ownerExists ? (
        <p class="notice">
          This server has no owner yet. Open the set-up link that it printed when it started.
        </p>
      ) : (
        about?.demo && (
          <p class="notice">The demo has no password. Start the demo again for a new sign-in link.</p>
        )
      )}
      <form class="form" onSubmit={submit}>
        <Field
          label="E-mail"
          kind="email"
          complete="username"
          value={email}
          onValue={setEmail}
          error={problem?.at('email')}
          autoFocus
        />
        <Field
          label="Password"
          kind="password"
          complete="current-password"
          value={password}
          onValue={setPassword}
          error={problem?.at('password')}
        />
        <FormError words={problem && !inFields ? problem.detail : null} />
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </FormPage>
  );
}
