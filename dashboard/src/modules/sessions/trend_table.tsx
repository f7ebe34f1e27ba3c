// The chart's twin: the same buckets as a table, newest first.
import { valueOf, type Bucket, type Unit } from '../../core/buckets.ts';
import { format } from '../../core/format.ts';
import { MEANING, METRICS } from '../../core/metrics.ts';

const UNIT_LABEL: Record<Unit, string> = { hour: 'Hour', day: 'Day', week: 'Week', month: 'Month' };

export function TrendTable({ buckets, unit, caption }: { buckets: Bucket[]; unit: Unit; caption: string }) {
  const rows = buckets.filter(({ phase }) => phase !== 'future').reverse();
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={caption}>
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{UNIT_LABEL[unit]}</th>
            {METRICS.map((metric) => (
              <th key={metric} scope="col" class="number" title={MEANING[metric].definition}>
                {MEANING[metric].label}
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
              {METRICS.map((metric) => (
                <td key={metric} class="number">
                  {format.metric(metric, valueOf(bucket, metric, MEANING[metric].kind === 'count'))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
