// A card of rankings that share a place: one is shown, the others are a press away. Every line is also a filter.
import { useId } from 'preact/hooks';
import { wordsOf } from '../dimensions.ts';
import { format, printable } from '../format.ts';
import { MEANING } from '../metrics.ts';
import { LINES, linesOf, type Line, type Ranking } from '../ranking.ts';
import type { Reading } from '../use_answers.ts';
import { DownloadIcon, ExpandIcon } from './icons.tsx';
import { Bone, ChangeMark, Failure, Stale, Term } from './parts.tsx';
import { Segments } from './segments.tsx';

/** Narrows the screen to a value, or to all others. */
export type OnFilter = (dimension: string, value: string, not: boolean) => void;

const PLACES = [...Array(LINES).keys()];

interface NameProps {
  dimension: string;
  line: Line;
  onFilter: OnFilter;
}

/** A line's name: a button that narrows the screen to it. */
export function LineName({ dimension, line: { value, name }, onFilter }: NameProps) {
  return (
    <button
      type="button"
      class="line-name"
      title={`${value === '' ? name : printable(value)}\nPress to filter, with Shift to leave out.`}
      onClick={(event) => {
        onFilter(dimension, value, event.shiftKey);
      }}
    >
      <bdi class="foreign">{name}</bdi>
    </button>
  );
}

function Head({ ranking, compared }: { ranking: Ranking; compared: boolean }) {
  const [main, ...others] = ranking.metrics;
  return (
    <thead>
      <tr>
        <th scope="col">{wordsOf(ranking.dimension).label}</th>
        {[...others, main].map((metric) => (
          <th scope="col" class="number" key={metric}>
            <Term label={MEANING[metric].label} definition={MEANING[metric].definition} />
          </th>
        ))}
        {compared && (
          <th scope="col" class="number change">
            Change
          </th>
        )}
      </tr>
    </thead>
  );
}

function Lines({ ranking, reading, onFilter }: { ranking: Ranking; reading: Reading; onFilter: OnFilter }) {
  const { loaded } = reading;
  const [main, ...others] = ranking.metrics;
  // The card may still hold the answer about another of its rankings.
  const fits = loaded?.query.dimensions[0] === ranking.dimension;
  const lines = loaded && fits ? linesOf(ranking, loaded.report) : null;
  const most = Math.max(1, ...(lines ?? []).map(({ metrics }) => metrics[main] ?? 0));
  const compared = lines !== null && loaded?.report.meta.compare !== null;
  const columns = 1 + ranking.metrics.length + (compared ? 1 : 0);
  return (
    <table class={compared ? 'bars bars-compared' : 'bars'}>
      <Head ranking={ranking} compared={compared} />
      <tbody>
        {!lines &&
          PLACES.map((place) => (
            <tr key={place}>
              <td colSpan={columns}>
                <Bone kind="row" />
              </td>
            </tr>
          ))}
        {lines?.length === 0 && (
          <tr>
            <td colSpan={columns} class="quiet">
              Nothing in this period.
            </td>
          </tr>
        )}
        {lines?.map((line) => (
          <tr key={line.value}>
            <th scope="row">
              <span class="bar-fill" style={{ width: `${((line.metrics[main] ?? 0) / most) * 100}%` }} />
              <LineName dimension={ranking.dimension} line={line} onFilter={onFilter} />
            </th>
            {others.map((metric) => (
              <td class="number" key={metric}>
                {format.metric(metric, line.metrics[metric])}
              </td>
            ))}
            <td class="number strong">{format.metric(main, line.metrics[main])}</td>
            {compared && (
              <td class="number change">
                <ChangeMark change={line.change} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Props {
  title: string;
  rankings: readonly [Ranking, ...Ranking[]];
  chosen: Ranking;
  onChoose: (dimension: string) => void;
  reading: Reading;
  /** The site's time zone. */
  zone: string;
  onFilter: OnFilter;
  onMore: () => void;
  onFile: () => void;
}

export function RankingCard(props: Props) {
  const { title, rankings, chosen, onChoose, reading, zone, onFilter, onMore, onFile } = props;
  const { loaded, problem, pending, retry } = reading;
  const titleId = useId();
  const failed = problem !== null && loaded?.query.dimensions[0] !== chosen.dimension;
  const plural = wordsOf(chosen.dimension).plural;
  return (
    <section class="card ranking" aria-labelledby={titleId} aria-busy={pending}>
      <h2 class="unseen" id={titleId}>
        {title}
      </h2>
      <Segments
        name={{ labelledBy: titleId }}
        choices={rankings.map(({ dimension }) => dimension)}
        chosen={chosen.dimension}
        wordsOf={(dimension) => wordsOf(dimension).plural}
        onChoose={onChoose}
      />
      <div class="ranking-lines" data-pending={pending && loaded !== null}>
        {failed ? (
          <Failure problem={problem} retry={retry} />
        ) : (
          <Lines ranking={chosen} reading={reading} onFilter={onFilter} />
        )}
        {loaded && problem && !failed && <Stale at={loaded.at} zone={zone} retry={retry} />}
      </div>
      <div class="card-foot">
        <button type="button" class="button quiet-button" aria-label={`More ${plural}`} onClick={onMore}>
          <ExpandIcon />
          More
        </button>
        <button
          type="button"
          class="button quiet-button"
          aria-label={`${plural} as CSV file`}
          onClick={onFile}
        >
          <DownloadIcon />
          CSV
        </button>
      </div>
    </section>
  );
}
