// The period: its figures, one of them over time, and the same as sentence, table and file.
import { useMemo, useState } from 'preact/hooks';
import { fill, unitOf, type Unit } from '../../core/buckets.ts';
import { csvName, csvText, download } from '../../core/csv.ts';
import { format } from '../../core/format.ts';
import { MEANING, type MetricKey } from '../../core/metrics.ts';
import { ChartIcon, DownloadIcon, TableIcon } from '../../core/ui/icons.tsx';
import { Menu } from '../../core/ui/menu.tsx';
import { Bone, Failure, Stale } from '../../core/ui/parts.tsx';
import type { Loaded, Reading } from '../../core/use_answers.ts';
import { Chart } from './chart.tsx';
import { Headlines } from './headlines.tsx';
import { summarise } from './summary.ts';
import { TrendTable, trendRows } from './trend_table.tsx';

const SUMMARY_ID = 'trend-summary';
const UNIT_CHOICE: Record<Unit, string> = {
  hour: 'By hour',
  day: 'By day',
  week: 'By week',
  month: 'By month',
};

interface Props {
  /** The site's domain and time zone. */
  site: string;
  zone: string;
  reading: Reading;
  metric: MetricKey;
  onMetric: (metric: MetricKey) => void;
  unit: Unit;
  /** The units the period can be shown in. */
  units: readonly Unit[];
  onUnit: (unit: Unit) => void;
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

function seriesOf(loaded: Loaded, zone: string, metric: MetricKey) {
  const { report, query, at } = loaded;
  const unit = unitOf(query.dimensions);
  return { buckets: fill(report, unit, zone, at), unit, metric, compared: report.meta.compare !== null };
}

export function Trend(props: Props) {
  const { site, zone, reading, metric, onMetric, unit, units, onUnit } = props;
  const { loaded, problem, pending, retry } = reading;
  const [asTable, setAsTable] = useState(false);
  const series = useMemo(() => loaded && seriesOf(loaded, zone, metric), [loaded, zone, metric]);
  const { from, to } = loaded?.report.meta ?? { from: null, to: null };
  const title = from && to ? `${MEANING[metric].label}, ${format.dates(from, to)}` : '';
  const summary = series && summarise(series.buckets, metric, series.unit, format);
  const toFile = () => {
    if (!series || !from || !to) return;
    const rows = trendRows(series.buckets, series.unit, series.compared);
    download(csvName(site, 'chart', from, to), csvText(rows));
  };
  return (
    <section
      class="card trend"
      aria-label="Over time"
      aria-busy={pending}
      data-pending={pending && loaded !== null}
    >
      <Headlines
        totals={loaded?.report.totals ?? null}
        before={loaded?.report.totalsBefore ?? null}
        chosen={metric}
        onChoose={onMetric}
      />
      <div class="trend-body">
        {series && asTable ? (
          <TrendTable
            buckets={series.buckets}
            unit={series.unit}
            caption={title}
            compared={series.compared ? metric : null}
          />
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
        <div class="trend-actions">
          <Menu
            label="Points of the chart"
            kind="button quiet-button"
            choices={units.map((id) => ({ id, label: UNIT_CHOICE[id] }))}
            chosen={unit}
            onChoose={onUnit}
          >
            {UNIT_CHOICE[unit]}
          </Menu>
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
          <button
            type="button"
            class="button quiet-button"
            aria-label="Chart as CSV file"
            disabled={!series}
            onClick={toFile}
          >
            <DownloadIcon />
            CSV
          </button>
        </div>
      </div>
    </section>
  );
}
