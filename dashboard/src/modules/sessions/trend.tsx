// The period: its figures, one of them over time, and the same as sentence and table.
import { useMemo, useState } from 'preact/hooks';
import { fill, unitOf } from '../../core/buckets.ts';
import { format } from '../../core/format.ts';
import { MEANING, type MetricKey } from '../../core/metrics.ts';
import { RANGE_LABEL } from '../../core/url.ts';
import { ChartIcon, TableIcon } from '../../core/ui/icons.tsx';
import { Bone, Failure, Stale } from '../../core/ui/parts.tsx';
import type { Loaded, Reading } from '../../core/use_report.ts';
import { Chart } from './chart.tsx';
import { Headlines } from './headlines.tsx';
import { summarise } from './summary.ts';
import { TrendTable } from './trend_table.tsx';

const SUMMARY_ID = 'trend-summary';

interface Props {
  /** The site's time zone. */
  zone: string;
  reading: Reading;
  metric: MetricKey;
  onMetric: (metric: MetricKey) => void;
}

function Notes({ loaded }: { loaded: Loaded }) {
  const { cookielessShare, warnings } = loaded.report.meta;
  const notes: string[] = [];
  if (cookielessShare !== null && cookielessShare > 0) {
    notes.push(`${format.metric('bounce_rate', cookielessShare)} of visitors were counted without a cookie.`);
  }
  notes.push(...warnings);
  return notes.length === 0 ? null : <p class="trend-notes">{notes.join(' ')}</p>;
}

export function Trend({ zone, reading, metric, onMetric }: Props) {
  const { loaded, problem, pending, retry } = reading;
  const [asTable, setAsTable] = useState(false);
  const series = useMemo(() => {
    if (!loaded) return null;
    const { report, range, at } = loaded;
    return { buckets: fill(report, range, zone, at), unit: unitOf(report, range), metric };
  }, [loaded, zone, metric]);
  const title = loaded ? `${MEANING[metric].label}, ${RANGE_LABEL[loaded.range].long.toLowerCase()}` : '';
  const summary = series && summarise(series.buckets, metric, series.unit, format);
  return (
    <section
      class="card trend"
      aria-label="Over time"
      aria-busy={pending}
      data-pending={pending && loaded !== null}
    >
      <Headlines totals={loaded?.report.totals ?? null} chosen={metric} onChoose={onMetric} />
      <div class="trend-body">
        {series && asTable ? (
          <TrendTable buckets={series.buckets} unit={series.unit} caption={title} />
        ) : series ? (
          <Chart series={series} summaryId={SUMMARY_ID} />
        ) : problem ? (
          <Failure problem={problem} retry={retry} />
        ) : (
          <Bone kind="block" />
        )}
      </div>
      <div class="trend-foot">
        <div class="trend-summary" id={SUMMARY_ID}>
          {loaded && problem ? (
            <Stale at={loaded.at} zone={zone} retry={retry} />
          ) : (
            <>
              {summary ?? (problem ? '' : <Bone kind="sentence" />)}
              {loaded && <Notes loaded={loaded} />}
            </>
          )}
        </div>
        <button
          type="button"
          class="button quiet-button"
          disabled={!series}
          onClick={() => {
            setAsTable(!asTable);
          }}
        >
          {asTable ? <ChartIcon /> : <TableIcon />}
          {asTable ? 'Chart' : 'Table'}
        </button>
      </div>
    </section>
  );
}
