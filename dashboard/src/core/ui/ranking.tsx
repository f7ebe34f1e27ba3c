// A card of rankings that share a place: one is shown, the others are a press away.
import { useId, useState } from 'preact/hooks';
import * as api from '../api.ts';
import { format, printable } from '../format.ts';
import { MEANING } from '../metrics.ts';
import type { Refresher } from '../refresh.ts';
import type { Range } from '../url.ts';
import { useReport } from '../use_report.ts';
import { Bone, Failure, PagePath, Stale, Term } from './parts.tsx';

/** One ranking: a report and how its lines are called. */
export interface Ranking {
  /** The name of the report. */
  report: string;
  /** What its lines are, e.g. `Sources`. */
  label: string;
  dimension: string;
  /** What a line is called; without it, as the report calls it. `path`: a page's path, which visitors write. */
  name?: 'path' | ((value: string) => string);
  /** What a line without a name is called. */
  unnamed: string;
}

export interface Asked {
  site: number | null;
  /** The site's time zone. */
  zone: string;
  range: Range;
  refresher: Refresher;
  onSignedOut: () => void;
}

const LINES = 7;
const PLACES = [...Array(LINES).keys()];

function Name({ ranking, value }: { ranking: Ranking; value: string }) {
  if (value !== '' && ranking.name === 'path') return <PagePath path={value} />;
  const name = typeof ranking.name === 'function' ? ranking.name(value) : value;
  return <bdi class="foreign">{value === '' ? ranking.unnamed : printable(name)}</bdi>;
}

function Lines({ ranking, asked }: { ranking: Ranking; asked: Asked }) {
  const { site, range, zone, refresher, onSignedOut } = asked;
  const load = (of: number, during: Range, signal: AbortSignal) =>
    api.ranking(ranking.report, of, during, LINES, signal);
  const { loaded, problem, pending, retry } = useReport(
    { site, range, variant: ranking.report },
    load,
    refresher,
    onSignedOut,
  );
  if (!loaded && problem) return <Failure problem={problem} retry={retry} />;
  const lines = loaded?.report.rows.map(({ dimensions, metrics }) => ({
    name: dimensions[ranking.dimension] ?? '',
    visitors: metrics['visitors'] ?? 0,
    sessions: metrics['sessions'] ?? 0,
  }));
  const most = Math.max(1, ...(lines ?? []).map(({ visitors }) => visitors));
  return (
    <div class="ranking-lines" aria-busy={pending} data-pending={pending && loaded !== null}>
      <table class="bars">
        <thead>
          <tr>
            <th scope="col">{ranking.label}</th>
            {(['sessions', 'visitors'] as const).map((metric) => (
              <th scope="col" class="number" key={metric}>
                <Term label={MEANING[metric].label} definition={MEANING[metric].definition} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {!lines &&
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
                Nothing in this period.
              </td>
            </tr>
          )}
          {lines?.map(({ name, visitors, sessions }) => (
            <tr key={name}>
              <th scope="row">
                <span class="bar-fill" style={{ width: `${(visitors / most) * 100}%` }} />
                <Name ranking={ranking} value={name} />
              </th>
              <td class="number">{format.count(sessions)}</td>
              <td class="number strong">{format.count(visitors)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {loaded && problem && <Stale at={loaded.at} zone={zone} retry={retry} />}
    </div>
  );
}

export function RankingCard({ rankings, asked }: { rankings: readonly Ranking[]; asked: Asked }) {
  const [chosen, setChosen] = useState(0);
  const title = useId();
  const ranking = rankings[chosen] ?? rankings[0];
  if (!ranking) return null;
  return (
    <section class="card ranking" aria-labelledby={title}>
      <h2 class="unseen" id={title}>
        {rankings.map(({ label }) => label).join(', ')}
      </h2>
      <div class="segments" role="group" aria-labelledby={title}>
        {rankings.map(({ report, label }, at) => (
          <button
            key={report}
            type="button"
            class="segment"
            aria-pressed={at === chosen}
            onClick={() => {
              setChosen(at);
            }}
          >
            {label}
          </button>
        ))}
      </div>
      <Lines key={ranking.report} ranking={ranking} asked={asked} />
    </section>
  );
}
