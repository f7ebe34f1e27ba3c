// One tile per vital: its value, its rating in a word, and how its samples divide.
import { format, NO_VALUE } from '../../core/format.ts';
import { Bone, Term } from '../../core/ui/parts.tsx';
import {
  ENOUGH,
  measuredIn,
  rate,
  RATING_WORD,
  sharesOf,
  spell,
  VITAL,
  VITALS,
  type Measured,
  type Rating,
  type Vital,
} from './vitals.ts';
import type { Speed } from './ask.ts';

const RATINGS: readonly Rating[] = ['good', 'middling', 'poor'];

export function samplesWord({ samples }: Measured): string {
  if (samples === 0) return 'no samples';
  const counted = `${format.count(samples)} ${samples === 1 ? 'sample' : 'samples'}`;
  return samples < ENOUGH ? `${counted}, too few` : counted;
}

/** The words say what the colours say. */
function Shares({ measured }: { measured: Measured }) {
  const shares = sharesOf(measured);
  const words = RATINGS.map((rating) => `${shares[rating]} % ${RATING_WORD[rating].toLowerCase()}`).join(
    ', ',
  );
  return (
    <div class="shares" role="img" aria-label={measured.samples === 0 ? 'No samples' : words} title={words}>
      {RATINGS.map((rating) => (
        <span key={rating} class={`share rating-${rating}`} style={{ flexGrow: shares[rating] }} />
      ))}
    </div>
  );
}

function Tile({ vital, measured }: { vital: Vital; measured: Measured | null }) {
  const { name, short, definition } = VITAL[vital];
  const few = measured !== null && measured.samples < ENOUGH;
  const value = measured?.p75 ?? null;
  const rating = value === null ? null : rate(vital, value);
  return (
    <li class="card vital" data-few={few} aria-label={name}>
      <h2 class="label">
        <Term label={short} definition={`${name}. ${definition}`} />
      </h2>
      {measured === null ? (
        <>
          <p class="vital-value">
            <Bone kind="number" />
          </p>
          <p class="vital-word">
            <Bone kind="word" />
          </p>
        </>
      ) : (
        <>
          <p class="vital-value">{value === null ? NO_VALUE : spell(vital, value)}</p>
          <p class={`vital-word ${rating ? `word-${rating}` : ''}`}>
            {rating ? RATING_WORD[rating] : 'Not measured'}
          </p>
          <Shares measured={measured} />
          <p class="vital-samples">{samplesWord(measured)}</p>
        </>
      )}
    </li>
  );
}

export function Tiles({ totals, pending }: { totals: Speed['totals'] | null; pending: boolean }) {
  return (
    <ul class="vitals" aria-label="75th percentile of each measure" aria-busy={pending}>
      {VITALS.map((vital) => (
        <Tile key={vital} vital={vital} measured={totals && measuredIn(totals, vital)} />
      ))}
    </ul>
  );
}
