// Why a line is slow: the elements that its values were caused by, most frequent first. Browsers name them, and anybody
// can send what a browser could: it is shown as text.
import { format, NO_VALUE, printable } from '../../core/format.ts';
import type { Row } from '../../core/decode.ts';
import type { Scope } from '../../core/query.ts';
import { Bone, Failure } from '../../core/ui/parts.tsx';
import { CAUSED, type By, type Cause, type Caused, type Causes as Found } from './ask.ts';
import { useCauses } from './use_causes.ts';
import { ENOUGH, measuredIn, rate, RATING_WORD, spell, VITAL } from './vitals.ts';

const TITLE: Record<Caused, string> = {
  lcp: 'Largest element',
  inp: 'Slow to answer',
  cls: 'What moved',
};

function Line({ vital, cause: { target, samples, p75 } }: { vital: Caused; cause: Cause }) {
  const rating = p75 === null ? null : rate(vital, p75);
  return (
    <tr data-few={samples < ENOUGH}>
      <th scope="row">
        <code title={printable(target)}>
          <bdi>{printable(target)}</bdi>
        </code>
      </th>
      <td class="number">{format.count(samples)}</td>
      <td class="number">
        {rating && <span class={`mark-rating rating-${rating}`} aria-hidden="true" />}
        {p75 === null ? NO_VALUE : spell(vital, p75)}
        {rating && <span class="unseen"> {RATING_WORD[rating]}</span>}
      </td>
    </tr>
  );
}

function Panel({ vital, found, samples }: { vital: Caused; found: Found; samples: number }) {
  return (
    <table class="causes-table">
      <caption>
        {TITLE[vital]} <abbr title={VITAL[vital].name}>{VITAL[vital].short}</abbr>
        <span class="causes-told">
          {found.told === 0
            ? ' never named'
            : ` named in ${format.count(found.told)} of ${format.count(Math.max(samples, found.told))} samples`}
        </span>
      </caption>
      {found.lines.length > 0 && (
        <>
          <thead>
            <tr>
              <th scope="col">Element</th>
              <th scope="col" class="number">
                Samples
              </th>
              <th scope="col" class="number">
                p75
              </th>
            </tr>
          </thead>
          <tbody>
            {found.lines.map((cause) => (
              <Line key={cause.target} vital={vital} cause={cause} />
            ))}
          </tbody>
        </>
      )}
    </table>
  );
}

interface Props {
  site: number;
  scope: Scope;
  by: By;
  value: string;
  metrics: Row['metrics'];
  /** What the line is called; narrows the page to it. Null where it is narrowed already. */
  onOnly: (() => void) | null;
}

export function Causes({ site, scope, by, value, metrics, onOnly }: Props) {
  const { found, problem, retry } = useCauses(site, scope, by, value);
  const none = found !== null && CAUSED.every((vital) => found[vital].told === 0);
  return (
    <div class="causes" aria-busy={found === null && problem === null}>
      {problem ? (
        <Failure problem={problem} retry={retry} />
      ) : none ? (
        <p class="causes-none">
          No browser said what caused these values. Write{' '}
          <code class="nowrap">data-vitals="attribution"</code> into the snippet, and they name the element.
        </p>
      ) : (
        <div class="causes-panels">
          {CAUSED.map((vital) =>
            found ? (
              <Panel
                key={vital}
                vital={vital}
                found={found[vital]}
                samples={measuredIn(metrics, vital).samples}
              />
            ) : (
              <Bone key={vital} kind="block" />
            ),
          )}
        </div>
      )}
      {onOnly && (
        <button type="button" class="link causes-only" onClick={onOnly}>
          Show only this line
        </button>
      )}
    </div>
  );
}
