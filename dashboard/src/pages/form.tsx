// The card and the fields of the pages without a session.
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Mark } from '../core/ui/icons.tsx';
import { ThemeButton } from './frame.tsx';

export function FormPage({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: string;
  children: ComponentChildren;
}) {
  return (
    <div class="entry">
      <div class="entry-theme">
        <ThemeButton />
      </div>
      <main class="entry-card card">
        <div class="entry-brand">
          <Mark />
          <span class="brand-name">Universal Tracking</span>
        </div>
        <h1 class="entry-title">{title}</h1>
        {lead && <p class="entry-lead">{lead}</p>}
        {children}
      </main>
      <footer class="entry-foot">
        Measured on your own server. This page loads nothing from anyone else.
      </footer>
    </div>
  );
}

interface FieldProps {
  label: string;
  kind: 'email' | 'password';
  complete: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string;
  error?: string | undefined;
  autoFocus?: boolean;
}

export function Field({ label, kind, complete, value, onValue, hint, error, autoFocus = false }: FieldProps) {
  const id = useId();
  const [plain, setPlain] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);
  const note = error ?? hint;
  const attributes = {
    id,
    autocomplete: complete,
    autocapitalize: 'none' as const,
    spellcheck: false,
    required: true,
    ref: input,
    value,
    'aria-invalid': error !== undefined,
    'aria-describedby': note ? `${id}-note` : undefined,
    onInput: (event: TargetedEvent<HTMLInputElement>) => {
      onValue(event.currentTarget.value);
    },
  };
  return (
    <div class="field" data-invalid={error !== undefined}>
      <label for={id}>{label}</label>
      <div class="field-box">
        {kind === 'email' ? (
          <input type="email" {...attributes} />
        ) : plain ? (
          <input type="text" {...attributes} />
        ) : (
          <input type="password" {...attributes} />
        )}
        {kind === 'password' && (
          <button
            type="button"
            class="field-show"
            aria-pressed={plain}
            aria-label={`Show the characters: ${label}`}
            onClick={() => {
              setPlain(!plain);
            }}
          >
            {plain ? 'Hide' : 'Show'}
          </button>
        )}
      </div>
      {note && (
        <p class="field-note" id={`${id}-note`} role={error ? 'alert' : undefined}>
          {note}
        </p>
      )}
    </div>
  );
}

export function FormError({ words }: { words: string | null }) {
  return words ? (
    <p class="form-error" role="alert">
      {words.split(/(e-mail)/i).map((part, index) =>
        // A line may not end within the word.
        index % 2 === 1 ? (
          <span key={index} class="nowrap">
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </p>
  ) : null;
}
