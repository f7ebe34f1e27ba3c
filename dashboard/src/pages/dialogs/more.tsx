// A ranking at length: search, order by any column, up to a thousand lines, and as a file.
import { useEffect, useMemo, useState } from 'preact/hooks';
import * as api from '../../core/api.ts';
import { wordsOf } from '../../core/dimensions.ts';
import { format } from '../../core/format.ts';
import { MEANING, type MetricKey } from '../../core/metrics.ts';
import { asProblem, Problem } from '../../core/problem.ts';
import type { Scope } from '../../core/query.ts';
import { lineFits, linesOf, longQuery, MOST_LINES, type Order, type Ranking } from '../../core/ranking.ts';
import { saveRanking } from '../../core/ranking_file.ts';
import { DownloadIcon } from '../../core/ui/icons.tsx';
import { Bone, ChangeMark, Dialog, Failure } from '../../core/ui/parts.tsx';
import { LineName, type OnFilter } from '../../core/ui/ranking.tsx';

interface Props {
  site: api.Site;
  scope: Scope;
  ranking: Ranking;
  onFilter: OnFilter;
  onClose: () => void;
}

interface Answer {
  report: api.Report | null;
  problem: Problem | null;
  key: string;
}

/** The answer to the present question; the one before it stays until it is there. */
function useLong(site: number, scope: Scope, ranking: Ranking, order: Order) {
  const [answer, setAnswer] = useState<Answer>({ report: null, problem: null, key: '' });
  const [attempt, setAttempt] = useState(0);
  const query = longQuery(scope, ranking, order);
  const key = `${JSON.stringify(query)} ${attempt}`;
  useEffect(() => {
    const abort = new AbortController();
    api.answers(site, [query], abort.signal).then(
      ([report]) => {
        if (!abort.signal.aborted) setAnswer({ report: report ?? null, problem: null, key });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setAnswer({ report: null, problem: asProblem(error), key });
      },
    );
    return () => {
      abort.abort();
    };
  }, [site, key]);
  const retry = () => {
    setAttempt(attempt + 1);
  };
  return { report: answer.report, problem: answer.problem, pending: answer.key !== key, retry };
}

type File = 'making' | Problem | null;

/** A file that is on its way, or why it is not. */
function useFile(make: () => Promise<void>): [File, () => void] {
  const [file, setFile] = useState<File>(null);
  const save = () => {
    setFile('making');
    make().then(
      () => {
        setFile(null);
      },
      (error: unknown) => {
        setFile(asProblem(error));
      },
    );
  };
  return [file, save];
}

function Column({ by, order, onOrder }: { by: string; order: Order; onOrder: (next: Order) => void }) {
  const isMetric = by in MEANING;
  const words = isMetric ? MEANING[by as MetricKey].label : wordsOf(by).label;
  const own = order.by === by;
  const sort = own ? (order.direction === 'asc' ? 'ascending' : 'descending') : undefined;
  return (
    <th scope="col" class={isMetric ? 'number' : ''} aria-sort={sort}>
      <button
        type="button"
        class="column"
        title={isMetric ? MEANING[by as MetricKey].definition : undefined}
        onClick={() => {
          const first = isMetric ? 'desc' : 'asc';
          const direction = own ? (order.direction === 'asc' ? 'desc' : 'asc') : first;
          onOrder({ by, direction });
        }}
      >
        {words}
        <span class="column-sort" aria-hidden="true">
          {own ? (order.direction === 'asc' ? '▲' : '▼') : ''}
        </span>
      </button>
    </th>
  );
}

export function More({ site, scope, ranking, onFilter, onClose }: Props) {
  const [order, setOrder] = useState<Order>({ by: ranking.metrics[0], direction: 'desc' });
  const [search, setSearch] = useState('');
  const { report, problem, pending, retry } = useLong(site.id, scope, ranking, order);
  const lines = useMemo(() => report && linesOf(ranking, report), [report, ranking]);
  const shown = lines?.filter((line) => lineFits(line, search));
  const metrics = [...ranking.metrics, ...ranking.more];
  const { label, plural } = wordsOf(ranking.dimension);
  const compared = report?.meta.compare !== null && report !== null;
  const [file, save] = useFile(() => saveRanking(site, scope, ranking, { order, search }));
  const many = lines !== null && lines.length >= MOST_LINES;
  return (
    <Dialog title={plural} kind="dialog-wide" onClose={onClose}>
      <div class="more-head">
        <input
          type="search"
          autofocus
          class="search"
          placeholder={`Search ${plural.toLowerCase()}`}
          aria-label={`Search ${plural.toLowerCase()}`}
          value={search}
          onInput={(event) => {
            setSearch(event.currentTarget.value);
          }}
        />
        <button
          type="button"
          class="button"
          title={search.trim() === '' ? 'All lines' : 'All lines that fit the search'}
          aria-busy={file === 'making'}
          disabled={!report || file === 'making'}
          onClick={save}
        >
          <DownloadIcon />
          CSV
        </button>
      </div>
      <div
        class="more-box"
        tabIndex={0}
        role="region"
        aria-label={plural}
        aria-busy={pending}
        data-pending={pending && report !== null}
      >
        {problem ? (
          <Failure problem={problem} retry={retry} />
        ) : (
          <table class="table more-table">
            <thead>
              <tr>
                <Column by={ranking.dimension} order={order} onOrder={setOrder} />
                {metrics.map((metric) => (
                  <Column key={metric} by={metric} order={order} onOrder={setOrder} />
                ))}
                {compared && (
                  <th scope="col" class="number">
                    Change
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {!shown && (
                <tr>
                  <td colSpan={1 + metrics.length}>
                    <Bone kind="row" />
                  </td>
                </tr>
              )}
              {shown?.map((line) => (
                <tr key={line.value}>
                  <th scope="row">
                    <LineName dimension={ranking.dimension} line={line} onFilter={onFilter} />
                  </th>
                  {metrics.map((metric) => (
                    <td class="number" key={metric}>
                      {format.metric(metric, line.metrics[metric])}
                    </td>
                  ))}
                  {compared && (
                    <td class="number">
                      <ChangeMark change={line.change} />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {file instanceof Problem && <Failure problem={file} retry={save} />}
      <p class="more-foot quiet" role="status">
        {shown &&
          `${format.count(shown.length)} ${shown.length === 1 ? label.toLowerCase() : plural.toLowerCase()}`}
        {many && `, the first ${format.count(MOST_LINES)} in this order`}
      </p>
    </Dialog>
  );
}
