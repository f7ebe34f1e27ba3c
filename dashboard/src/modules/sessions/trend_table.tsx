// The chart's twin: the same buckets as a table, newest first.
import { valueBefore, valueOf, type Bucket, type Unit } from '../../core/buckets.ts';
import type { Cell } from '../../core/csv.ts';
import { format } from '../../core/format.ts';
import { MEANING, METRICS, type MetricKey } from '../../core/metrics.ts';

const UNIT_LABEL: Record<Unit, string> = { hour: 'Hour', day: 'Day', week: 'Week', month: 'Month' };

interface Props {
  buckets: Bucket[];
  unit: Unit;
  caption: string;
  /** The metric whose value before stands beside it; null without a comparison. */
  compared: MetricKey | null;
}

const valueIn = (bucket: Bucket, metric: MetricKey) =>
  valueOf(bucket, metric, MEANING[metric].kind === 'count');

export function TrendTable({ buckets, unit, caption, compared }: Props) {
  const rows = buckets.filter(({ phase }) => phase !== 'future').reverse();
  const metrics = METRICS.flatMap((metric) =>
    metric === compared
      ? ([
          [metric, 'now'],
          [metric, 'before'],
        ] as const)
      : ([[metric, 'now']] as const),
  );
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={caption}>
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{UNIT_LABEL[unit]}</th>
            {metrics.map(([metric, time]) => (
              <th key={`${metric} ${time}`} scope="col" class="number" title={MEANING[metric].definition}>
                {MEANING[metric].label}
                {time === 'before' && ' before'}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((bucket, index) => (
            <tr key={index}>
              <th scope="row">
                {format.bucket(unit, bucket.key)}
                {bucket.phase === 'current' && <span class="quiet"> so far</span>}
              </th>
              {metrics.map(([metric, time]) => (
                <td key={`${metric} ${time}`} class={time === 'before' ? 'number quiet' : 'number'}>
                  {format.metric(
                    metric,
                    time === 'now' ? valueIn(bucket, metric) : valueBefore(bucket, metric),
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same as a file's rows, oldest first: every metric, and where there is a comparison those before. */
export function trendRows(buckets: Bucket[], unit: Unit, compared: boolean): Cell[][] {
  const labels = METRICS.map((metric) => MEANING[metric].label);
  const head = [UNIT_LABEL[unit], ...labels, ...(compared ? labels.map((label) => `${label} before`) : [])];
  const rows = buckets.filter(({ phase }) => phase !== 'future');
  return [
    head,
    ...rows.map((bucket): Cell[] => [
      bucket.key,
      ...METRICS.map((metric) => valueIn(bucket, metric)),
      ...(compared ? METRICS.map((metric) => valueBefore(bucket, metric)) : []),
    ]),
  ];
}
