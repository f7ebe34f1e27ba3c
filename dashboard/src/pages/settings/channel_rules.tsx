// A site's own rules for channels, in the order in which they are tried.
import type { ChannelRule } from './draft.ts';

const FIELDS = [
  ['source', 'Source'],
  ['medium', 'Medium'],
  ['campaign', 'Campaign'],
  ['click_id', 'Click id'],
  ['referrer', 'Referring host'],
] as const;

const OPS = [
  ['is', 'is'],
  ['contains', 'contains'],
  ['matches', 'matches (with *)'],
] as const;

const NEW: ChannelRule = { field: 'source', op: 'is', value: '', channel: '' };

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onValue: (value: string) => void;
}

function Choice({ label, value, options, onValue }: ChoiceProps) {
  return (
    <select
      class="choice"
      aria-label={label}
      value={value}
      onChange={(event) => {
        onValue(event.currentTarget.value);
      }}
    >
      {options.map(([word, name]) => (
        <option key={word} value={word}>
          {name}
        </option>
      ))}
    </select>
  );
}

function Text({ label, value, onValue }: Omit<ChoiceProps, 'options'>) {
  return (
    <input
      type="text"
      class="choice"
      aria-label={label}
      placeholder={label.replace(/^Rule \d+: /, '')}
      value={value}
      spellcheck={false}
      onInput={(event) => {
        onValue(event.currentTarget.value);
      }}
    />
  );
}

interface Props {
  rules: ChannelRule[];
  errors: string[];
  onRules: (rules: ChannelRule[]) => void;
}

export function ChannelRules({ rules, errors, onRules }: Props) {
  const change = (at: number, part: Partial<ChannelRule>) => {
    onRules(rules.map((rule, index) => (index === at ? { ...rule, ...part } : rule)));
  };
  return (
    <fieldset class="rules">
      <legend>Channel rules</legend>
      <p class="field-note">
        The first that fits names the channel, before the built-in rules, for the past too.
      </p>
      {rules.map((rule, at) => (
        <div class="rule" key={at} role="group" aria-label={`Rule ${at + 1}`}>
          <Choice
            label={`Rule ${at + 1}: what`}
            value={rule.field}
            options={FIELDS}
            onValue={(field) => {
              change(at, { field });
            }}
          />
          <Choice
            label={`Rule ${at + 1}: how`}
            value={rule.op}
            options={OPS}
            onValue={(op) => {
              change(at, { op });
            }}
          />
          <Text
            label={`Rule ${at + 1}: value`}
            value={rule.value}
            onValue={(value) => {
              change(at, { value });
            }}
          />
          <Text
            label={`Rule ${at + 1}: channel`}
            value={rule.channel}
            onValue={(channel) => {
              change(at, { channel });
            }}
          />
          <button
            type="button"
            class="button quiet-button"
            aria-label={`Remove rule ${at + 1}`}
            onClick={() => {
              onRules(rules.filter((_, index) => index !== at));
            }}
          >
            Remove
          </button>
        </div>
      ))}
      {errors.length > 0 && (
        <div class="form-error" role="alert">
          <ul>
            {errors.map((message) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </div>
      )}
      <button
        type="button"
        class="button"
        onClick={() => {
          onRules([...rules, NEW]);
        }}
      >
        Add a rule
      </button>
    </fieldset>
  );
}
