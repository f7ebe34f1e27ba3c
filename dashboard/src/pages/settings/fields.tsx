// A label, a control, a hint, and what the server said about it.
import type { TargetedEvent } from 'preact';
import { useId } from 'preact/hooks';

interface Common {
  label: string;
  hint?: string;
  value: string;
  errors: string[];
  onValue: (value: string) => void;
}

function Notes({ id, hint, errors }: { id: string; hint: string | undefined; errors: string[] }) {
  return (
    <div id={id}>
      {errors.length > 0 ? (
        <div role="alert">
          <ul class="field-note">
            {errors.map((message) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </div>
      ) : (
        hint && <p class="field-note">{hint}</p>
      )}
    </div>
  );
}

function attributesOf(id: string, { value, errors, onValue }: Common) {
  return {
    id,
    value,
    spellcheck: false,
    autocapitalize: 'none' as const,
    'aria-invalid': errors.length > 0,
    'aria-describedby': `${id}-notes`,
    onInput: (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      onValue(event.currentTarget.value);
    },
  };
}

/** One entry per line. */
export function ListField(props: Common & { example: string }) {
  const id = useId();
  const rows = Math.min(8, Math.max(2, props.value.split('\n').length));
  return (
    <div class="field" data-invalid={props.errors.length > 0}>
      <label for={id}>{props.label}</label>
      <textarea rows={rows} placeholder={props.example} {...attributesOf(id, props)} />
      <Notes id={`${id}-notes`} hint={props.hint} errors={props.errors} />
    </div>
  );
}

interface WordProps extends Common {
  /** What may be chosen; anything can be typed. */
  choices?: readonly string[];
  numeric?: boolean;
}

export function WordField(props: WordProps) {
  const id = useId();
  const { choices, numeric } = props;
  return (
    <div class="field" data-invalid={props.errors.length > 0}>
      <label for={id}>{props.label}</label>
      <input
        type="text"
        autocomplete="off"
        inputMode={numeric ? 'numeric' : 'text'}
        list={choices ? `${id}-choices` : undefined}
        {...attributesOf(id, props)}
      />
      {choices && (
        <datalist id={`${id}-choices`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
      <Notes id={`${id}-notes`} hint={props.hint} errors={props.errors} />
    </div>
  );
}
