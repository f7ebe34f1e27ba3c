// What is done about visitors who have not chosen: everywhere, and in places that differ.
import { useId } from 'preact/hooks';
import type { FieldError } from '../../core/problem.ts';
import { MODE, MODES, modeWords, type ConsentRules, type RegionRule } from '../../modules/consent/rules.ts';
import { messagesAt } from './draft.ts';
import { Section } from './section.tsx';

/** The modes to choose from; one that a newer server has set stays. */
function Modes({ mode }: { mode: string }) {
  const known = MODES.some((each) => each === mode);
  return (
    <>
      {!known && <option value={mode}>{modeWords(mode).label}</option>}
      {MODES.map((each) => (
        <option key={each} value={each}>
          {MODE[each].label}: {MODE[each].short}
        </option>
      ))}
    </>
  );
}

interface PlaceProps {
  rule: RegionRule;
  number: number;
  messages: string[];
  onRule: (part: Partial<RegionRule>) => void;
  onRemove: () => void;
}

function Place({ rule, number, messages, onRule, onRemove }: PlaceProps) {
  const notes = useId();
  return (
    <div class="place-rule" role="group" aria-label={`Place ${number}`}>
      <input
        type="text"
        class="choice place-code"
        aria-label={`Place ${number}: where`}
        aria-invalid={messages.length > 0}
        aria-describedby={messages.length > 0 ? notes : undefined}
        placeholder="DE"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        value={rule.region}
        onInput={(event) => {
          onRule({ region: event.currentTarget.value });
        }}
      />
      <select
        class="choice"
        aria-label={`Place ${number}: mode`}
        value={rule.mode}
        onChange={(event) => {
          onRule({ mode: event.currentTarget.value });
        }}
      >
        <Modes mode={rule.mode} />
      </select>
      <button
        type="button"
        class="button quiet-button"
        aria-label={`Remove place ${number}`}
        onClick={onRemove}
      >
        Remove
      </button>
      {messages.length > 0 && (
        <p class="field-note place-wrong" id={notes} role="alert">
          {messages.join(' ')}
        </p>
      )}
    </div>
  );
}

interface Props {
  rules: ConsentRules;
  errors: FieldError[];
  onRules: (rules: ConsentRules) => void;
}

/** The places with a mode of their own. */
function Places({ rules, errors, onRules }: Props) {
  const set = (regions: RegionRule[]) => {
    onRules({ ...rules, regions });
  };
  const whole = errors.filter(({ field }) => field === 'consent.regions');
  return (
    <fieldset class="rules">
      <legend>Places with a mode of their own</legend>
      <p class="field-note">
        DE, US-CA, UK, EU or EEA; the closest to the visitor wins, the order does not matter. A visitor from
        an unknown place gets the strictest of all modes here.
      </p>
      {rules.regions.map((rule, at) => (
        <Place
          key={at}
          rule={rule}
          number={at + 1}
          messages={messagesAt(errors, `consent.regions[${at}]`)}
          onRule={(part) => {
            set(rules.regions.map((each, index) => (index === at ? { ...each, ...part } : each)));
          }}
          onRemove={() => {
            set(rules.regions.filter((_, index) => index !== at));
          }}
        />
      ))}
      {whole.length > 0 && (
        <p class="form-error" role="alert">
          {whole.map(({ message }) => message).join(' ')}
        </p>
      )}
      <button
        type="button"
        class="button"
        onClick={() => {
          set([...rules.regions, { region: '', mode: 'strict' }]);
        }}
      >
        Add a place
      </button>
    </fieldset>
  );
}

export function Consent(props: Props) {
  const { rules, errors, onRules } = props;
  const id = useId();
  const { does, hint } = modeWords(rules.mode);
  const wrong = messagesAt(errors, 'consent.mode');
  return (
    <Section
      title="Consent"
      lead="What is done about visitors who have not chosen. What a visitor chooses always comes first, and an opt-out before all."
    >
      <div class="field" data-invalid={wrong.length > 0}>
        <label for={id}>Mode without a choice</label>
        <select
          id={id}
          class="choice mode-choice"
          value={rules.mode}
          aria-invalid={wrong.length > 0}
          aria-describedby={`${id}-notes`}
          onChange={(event) => {
            onRules({ ...rules, mode: event.currentTarget.value });
          }}
        >
          <Modes mode={rules.mode} />
        </select>
        <div id={`${id}-notes`}>
          {wrong.length > 0 && (
            <p class="field-note" role="alert">
              {wrong.join(' ')}
            </p>
          )}
          <p class="mode-does">{does}</p>
          {hint && <p class="mode-hint">{hint}</p>}
        </div>
      </div>
      <Places {...props} />
    </Section>
  );
}
