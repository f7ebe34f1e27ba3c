// The chart in one sentence.
import { valueOf, type Bucket, type Unit } from '../../core/buckets.ts';
import type { Format } from '../../core/format.ts';
import { MEANING, type MetricKey } from '../../core/metrics.ts';

const UNIT_WORD: Record<Unit, string> = { hour: 'hour', day: 'day', week: 'week', month: 'month' };

/** Highest and lowest of the finished buckets, and where the present one stands. */
export function summarise(buckets: Bucket[], metric: MetricKey, unit: Unit, format: Format): string {
  const isCount = MEANING[metric].kind === 'count';
  const noun = MEANING[metric].noun;
  const values = buckets.map((bucket) => ({ ...bucket, value: valueOf(bucket, metric, isCount) }));
  const known = values.filter((entry) => entry.value !== null) as (Bucket & { value: number })[];
  if (!known.some(({ value }) => value > 0)) return `No ${noun} in this period.`;
  // The heading names the day of hours that are all of one.
  const oneDay = buckets[0]?.key.slice(0, 10) === buckets.at(-1)?.key.slice(0, 10);
  const name = ({ key }: Bucket) =>
    unit === 'hour' && oneDay ? `at ${format.bucketTick(unit, key)}` : format.bucket(unit, key);
  const sentences: string[] = [];
  const past = known.filter(({ phase }) => phase === 'past');
  if (past.length > 1) {
    const high = past.reduce((a, b) => (b.value > a.value ? b : a));
    const low = past.reduce((a, b) => (b.value < a.value ? b : a));
    if (high.value === 0) {
      sentences.push(`No ${noun} in the ${format.count(past.length)} ${UNIT_WORD[unit]}s before.`);
    } else if (high.value === low.value) {
      sentences.push(`Every ${UNIT_WORD[unit]} ${format.metric(metric, high.value)} ${noun}.`);
    } else {
      sentences.push(
        `Highest ${name(high)} with ${format.metric(metric, high.value)}, lowest ${name(low)} with ${format.metric(metric, low.value)}.`,
      );
    }
  }
  const current = known.find(({ phase }) => phase === 'current');
  if (current) {
    const now = unit === 'day' ? 'Today' : `This ${UNIT_WORD[unit]}`;
    sentences.push(`${now} so far ${format.metric(metric, current.value)}.`);
  }
  return sentences.join(' ');
}
