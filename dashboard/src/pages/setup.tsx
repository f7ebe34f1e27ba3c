// The one-time link: makes the owner's account, or, where there is one already (demo), signs in at once.
import { useEffect, useState } from 'preact/hooks';
import * as api from '../core/api.ts';
import { go, takeToken } from '../core/navigation.ts';
import { asProblem, type Problem } from '../core/problem.ts';
import { Field, FormError, FormPage } from './form.tsx';

const LEAST_PASSWORD = 12;

type Step = 'asking' | 'form' | 'no-link' | 'failed';

/** What to do with the link; signing in by it happens here. */
function useLink(): { step: Step; token: string; demo: boolean; problem: Problem | null } {
  const [token, setToken] = useState(takeToken);
  const [step, setStep] = useState<Step>('asking');
  const [demo, setDemo] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(() => {
    // A newer link pasted into the same tab changes only the fragment, which loads nothing.
    const onHash = () => {
      const next = takeToken();
      if (next !== '') setToken(next);
    };
    addEventListener('hashchange', onHash);
    return () => {
      removeEventListener('hashchange', onHash);
    };
  }, []);

  useEffect(() => {
    if (token === '') {
      setStep('no-link');
      return;
    }
    setStep('asking');
    setProblem(null);
    const useIt = async () => {
      const about = await api.about();
      setDemo(about.demo);
      if (!about.ownerExists) {
        setStep('form');
        return;
      }
      await api.setUp(token);
      go('/');
    };
    useIt().catch((error: unknown) => {
      setProblem(asProblem(error));
      setStep('failed');
    });
  }, [token]);
  return { step, token, demo, problem };
}

function OwnerForm({ token }: { token: string }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [repeat, setRepeat] = useState('');
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const length = Array.from(password).length;
  const tooShort =
    length < LEAST_PASSWORD ? `At least ${LEAST_PASSWORD} characters; this has ${length}.` : undefined;
  const differs = repeat === password ? undefined : 'The two passwords differ.';
  const submit = (event: Event) => {
    event.preventDefault();
    setChecked(true);
    setProblem(null);
    if (tooShort ?? differs) return;
    setBusy(true);
    api.setUp(token, { email, password }).then(
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
        complete="new-password"
        value={password}
        onValue={setPassword}
        hint={`At least ${LEAST_PASSWORD} characters. A few words are easier to keep than symbols.`}
        error={problem?.at('password') ?? (checked ? tooShort : undefined)}
      />
      <Field
        label="Repeat the password"
        kind="password"
        complete="new-password"
        value={repeat}
        onValue={setRepeat}
        error={checked ? differs : undefined}
      />
      <FormError words={problem && !inFields ? problem.detail : null} />
      <button type="submit" class="button primary" disabled={busy}>
        {busy ? 'Creating…' : 'Create account'}
      </button>
    </form>
  );
}

export function SetUp() {
  const { step, token, demo, problem } = useLink();
  const refused = problem !== null && problem.status >= 400 && problem.status < 500;
  useEffect(() => {
    document.title = 'Set up · Universal Tracking';
  }, []);
  switch (step) {
    case 'asking':
      return (
        <FormPage title="One moment">
          <p class="entry-lead" role="status">
            Checking your link…
          </p>
        </FormPage>
      );
    case 'form':
      return (
        <FormPage title="Create the owner’s account" lead="It may see and change everything on this server.">
          <OwnerForm key={token} token={token} />
        </FormPage>
      );
    case 'no-link':
      return (
        <FormPage
          title="Open your set-up link"
          lead="The server prints it when it starts. It works once, for 15 minutes; start the server again for a new one."
        >
          <a class="button primary" href="/login">
            Sign in instead
          </a>
        </FormPage>
      );
    case 'failed':
      return (
        <FormPage title={problem?.title ?? 'The link did not work'}>
          {demo && refused ? (
            // Nobody has a password there, but the link may have been spent in this very browser.
            <>
              <FormError words="The link works once. Start the demo again for a new link." />
              <a class="button" href="/">
                Open the dashboard
              </a>
            </>
          ) : (
            <>
              <FormError words={problem?.detail ?? null} />
              <a class="button" href="/login">
                Sign in instead
              </a>
            </>
          )}
        </FormPage>
      );
  }
}
