// What programs read a site with.
import { useCallback, useId, useState } from 'preact/hooks';
import { asProblem } from '../../core/problem.ts';
import { Bone, Failure } from '../../core/ui/parts.tsx';
import { addToken, removeToken, tokens, type Token } from './api.ts';
import { Confirm, ShownOnce } from './confirm.tsx';
import { Section } from './section.tsx';
import { useList } from '../../core/use_list.ts';

const SCOPES = [
  { scope: 'read', label: 'Read reports and live numbers' },
  { scope: 'admin', label: 'Read, and change settings' },
];

export function Tokens({ site, zone, onSignedOut }: { site: number; zone: string; onSignedOut: () => void }) {
  const load = useCallback(() => tokens(site), [site]);
  const { items, problem, reload } = useList(load, onSignedOut);
  const [scope, setScope] = useState('read');
  const [word, setWord] = useState('');
  const [refusal, setRefusal] = useState('');
  const [removing, setRemoving] = useState<Token | null>(null);
  const select = useId();
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: zone });
  const add = () => {
    addToken(site, scope).then(
      (made) => {
        setWord(made);
        setRefusal('');
        reload();
      },
      (error: unknown) => {
        setRefusal(asProblem(error).detail);
      },
    );
  };
  return (
    <Section
      title="API tokens"
      lead="For programs that read this site’s reports. A token opens this site only."
    >
      {problem && !items && <Failure problem={problem} retry={reload} />}
      {!items && !problem && <Bone kind="row" />}
      {items?.length === 0 && <p class="quiet">No token yet.</p>}
      {items && items.length > 0 && (
        <ul class="keys">
          {items.map((token) => (
            <li key={token.id}>
              <code>{token.hint}…</code>
              <span class="keys-scope">{token.scope}</span>
              <span class="quiet">{day.format(token.createdAt)}</span>
              <button
                type="button"
                class="button quiet-button"
                aria-label={`Remove the token ${token.hint}…`}
                onClick={() => {
                  setRemoving(token);
                }}
              >
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
      {word && <ShownOnce words="The new token, shown this once." secret={word} />}
      {refusal && (
        <p class="form-error" role="alert">
          {refusal}
        </p>
      )}
      <div class="setting-row">
        <label class="unseen" for={select}>
          What the new token may do
        </label>
        <select
          id={select}
          class="choice"
          value={scope}
          onChange={(event) => {
            setScope(event.currentTarget.value);
          }}
        >
          {SCOPES.map((each) => (
            <option key={each.scope} value={each.scope}>
              {each.label}
            </option>
          ))}
        </select>
        <button type="button" class="button" onClick={add}>
          Add a token
        </button>
      </div>
      {removing && (
        <Confirm
          title="Remove this token?"
          words={`Programs that use ${removing.hint}… are refused from now on.`}
          action="Remove the token"
          run={async () => {
            await removeToken(removing.id);
            setWord('');
            reload();
          }}
          onClose={() => {
            setRemoving(null);
          }}
        />
      )}
    </Section>
  );
}
