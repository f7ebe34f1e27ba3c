// The pages seen most in the period.
import { useMemo } from 'preact/hooks';
import { format } from '../../core/format.ts';
import { MEANING } from '../../core/metrics.ts';
import { Bone, Failure, PagePath, Stale, Term } from '../../core/ui/parts.tsx';
import type { Reading } from '../../core/use_report.ts';
import { barShare, pageLines } from './order.ts';

export const FIRST_LIMIT = 10;
export const MOST_LIMIT = 100;
const PLACES = [...Array(FIRST_LIMIT).keys()];

interface Props {
  /** The site's time zone. */
  zone: string;
  reading: Reading;
  /** How many rows were asked for. */
  limit: number;
  onLimit: (limit: number) => void;
}

function Head() {
  return (
    <thead>
      <tr>
        <th scope="col">Page</th>
        <th scope="col" class="number">
          <Term label={MEANING.visitors.label} definition={MEANING.visitors.definition} />
        </th>
        <th scope="col" class="number">
          <Term label={MEANING.page_views.label} definition={MEANING.page_views.definition} />
        </th>
      </tr>
    </thead>
  );
}

export function TopPages({ zone, reading, limit, onLimit }: Props) {
  const { loaded, problem, pending, retry } = reading;
  const lines = useMemo(() => loaded && pageLines(loaded.report.rows), [loaded]);
  const mayHaveMore = lines !== null && lines.length >= limit && limit < MOST_LIMIT;
  return (
    <section
      class="card pages"
      aria-labelledby="pages-title"
      aria-busy={pending}
      data-pending={pending && loaded !== null}
    >
      <h2 class="card-title" id="pages-title">
        Top pages
      </h2>
      {lines === null && problem ? (
        <Failure problem={problem} retry={retry} />
      ) : (
        <table class="bars">
          <Head />
          <tbody>
            {lines === null &&
              PLACES.map((place) => (
                <tr key={place}>
                  <td colSpan={3}>
                    <Bone kind="row" />
                  </td>
                </tr>
              ))}
            {lines?.length === 0 && (
              <tr>
                <td colSpan={3} class="quiet">
                  No page was opened in this period.
                </td>
              </tr>
            )}
            {lines?.map((line) => (
              <tr key={line.page}>
                <th scope="row">
                  <span class="bar-fill" style={{ width: `${barShare(line, lines) * 100}%` }} />
                  <PagePath path={line.page} />
                </th>
                <td class="number">{format.count(line.visitors)}</td>
                <td class="number strong">{format.count(line.views)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(mayHaveMore || (lines !== null && limit > FIRST_LIMIT)) && (
        <div class="card-foot">
          <button
            type="button"
            class="button"
            onClick={() => {
              onLimit(mayHaveMore ? MOST_LIMIT : FIRST_LIMIT);
            }}
          >
            {mayHaveMore ? 'Show more' : 'Show less'}
          </button>
        </div>
      )}
      {loaded && problem && <Stale at={loaded.at} zone={zone} retry={retry} />}
    </section>
  );
}
