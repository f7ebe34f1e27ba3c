// For how long what is kept; what is older is deleted every day.
import type { FieldError } from '../../core/problem.ts';
import { messagesAt } from './draft.ts';
import { WordField } from './fields.tsx';
import { LIMITS, type LimitName, type LimitsDraft } from './retention_draft.ts';
import { Section } from './section.tsx';

const FIELD: Record<LimitName, { label: string; hint: string }> = {
  events: { label: 'Events, months', hint: 'Events, sessions and web vitals, one row each.' },
  sums: { label: 'Sums by day, months', hint: 'At least as long as events. Nobody’s id is in them.' },
  personal: { label: 'Personal data, months', hint: 'Sealed; counted from when it was told last.' },
  receipts: { label: 'Receipts of consent, years', hint: 'Proof of what visitors chose.' },
};

interface Props {
  limits: LimitsDraft;
  /** Saving would delete what is kept now. */
  shorter: boolean;
  errors: FieldError[];
  onLimits: (limits: LimitsDraft) => void;
}

export function Retention({ limits, shorter, errors, onLimits }: Props) {
  return (
    <Section
      title="How long what is kept"
      lead="What is older is deleted once a day. Nothing brings it back."
    >
      <div class="setting-pair">
        {LIMITS.map((name) => (
          <WordField
            key={name}
            numeric
            {...FIELD[name]}
            value={limits[name]}
            errors={messagesAt(errors, `retention.${name}`)}
            onValue={(value) => {
              onLimits({ ...limits, [name]: value });
            }}
          />
        ))}
      </div>
      <p class="limits-shorter" role="status">
        {shorter ? 'Shorter than now: what is older goes for good with the next day’s run.' : ''}
      </p>
    </Section>
  );
}
