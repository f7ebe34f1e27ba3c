// Where a chart's lines and labels stand. Positions on the time axis are bucket numbers, never instants, so that no
// clock change can bend the axis.
import type { Bucket, Unit } from '../../core/buckets.ts';
import { MEANING, type MetricKey } from '../../core/metrics.ts';

/** Grid lines above zero: at most this many. */
const MOST_LINES = 4;

const SECOND_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** 1, 2, 5 × 10ⁿ, the smallest that reaches `most` in a few steps. */
function decimalStep(most: number, least: number): number {
  const wanted = Math.max(most / MOST_LINES, least);
  const power = 10 ** Math.floor(Math.log10(wanted) + 1e-9);
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= wanted * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** The lines of the value axis, from 0 to at least `most`. */
export function valueLines(metric: MetricKey, most: number): number[] {
  const kind = MEANING[metric].kind;
  const step =
    kind === 'share'
      ? decimalStep(Math.max(most, 0.04), 0.01)
      : kind === 'ratio'
        ? decimalStep(Math.max(most, 0.4), 0.1)
        : kind === 'count'
          ? decimalStep(Math.max(most, MOST_LINES), 1)
          : (SECOND_STEPS.find((candidate) => candidate * MOST_LINES >= most) ?? decimalStep(most, 3600));
  const lines = Math.max(1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: lines + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

const STEPS: Record<Unit, number[]> = {
  hour: [1, 2, 3, 4, 6, 8, 12, 24, 48, 168],
  day: [1, 2, 3, 5, 7, 10, 14, 15, 30, 60],
  week: [1, 2, 4, 8, 13, 26],
  month: [1, 2, 3, 6, 12],
};

/** Hours of more than one day: days are what their axis names. */
export function isOfDays(buckets: Bucket[], unit: Unit): boolean {
  return unit === 'hour' && buckets[0]?.key.slice(0, 10) !== buckets.at(-1)?.key.slice(0, 10);
}

/** The numbers of the buckets that get a label, given room for `room` of them. */
export function labelledBuckets(buckets: Bucket[], unit: Unit, room: number): number[] {
  const all = buckets.map((_, index) => index);
  // Over many days the firsts of the months read best.
  const firsts = all.filter((index) => unit === 'day' && buckets[index]?.key.endsWith('-01'));
  const midnights = all.filter((index) => isOfDays(buckets, unit) && buckets[index]?.key.endsWith('T00:00'));
  const candidates =
    midnights.length > 0 ? midnights : buckets.length > 120 && firsts.length > 1 ? firsts : all;
  const steps = candidates === firsts ? STEPS.month : candidates === midnights ? STEPS.day : STEPS[unit];
  const step = steps.find((size) => candidates.length / size <= Math.max(room, 1)) ?? candidates.length;
  // Hours count from midnight; days count back from today.
  const start = unit === 'hour' || candidates === firsts ? 0 : (candidates.length - 1) % step;
  return candidates.filter((_, place) => place % step === start % step);
}
