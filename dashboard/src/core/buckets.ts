// Turns a report's rows into one bucket per hour, day, week or month of the range: reports leave out what is empty.
import type { Report } from './api.ts';
import type { Metrics } from './metrics.ts';
import { addDays, addMonths, hoursOf, monday, wallClock } from './zone.ts';

export type Unit = 'hour' | 'day' | 'week' | 'month';

export interface Bucket {
  /** Start, in the site's wall-clock time: `2026-11-22T14:00`, `2026-11-22` (day, week), `2026-11`. */
  key: string;
  phase: 'past' | 'current' | 'future';
  /** Null when the report has no row for it. */
  row: Metrics | null;
  /** The same stretch of the time that is compared with; null where that has none. */
  before: Metrics | null;
}

/** The widest series drawn; a row with an absurd date must not make a million empty days. */
const MOST_BUCKETS = 1000;

const KEY_LENGTH: Record<Unit, number> = { hour: 13, day: 10, week: 10, month: 7 };
const KEY_SHAPE = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}(:\d{2}){0,2})?)?/;

/** The unit of time a series was asked by. */
export function unitOf(dimensions: readonly string[]): Unit {
  return (
    (['hour', 'day', 'week', 'month'] as const).find((unit) => dimensions.includes(`time:${unit}`)) ?? 'day'
  );
}

function keyOf(text: string, unit: Unit): string | null {
  if (!KEY_SHAPE.test(text) || text.length < KEY_LENGTH[unit]) return null;
  const cut = text.slice(0, KEY_LENGTH[unit]);
  return unit === 'hour' ? `${cut.replace(' ', 'T')}:00` : cut;
}

function expectedKeys(unit: Unit, from: string, to: string, zone: string): string[] {
  const keys: string[] = [];
  const push = (next: string[]) => {
    keys.push(...next);
    return keys.length <= MOST_BUCKETS;
  };
  if (unit === 'month') {
    for (let at = addMonths(from, 0); at <= to && push([at.slice(0, 7)]);) at = addMonths(at, 1);
    return keys;
  }
  const step = unit === 'week' ? 7 : 1;
  for (let at = unit === 'week' ? monday(from) : from; at <= to; at = addDays(at, step)) {
    if (!push(unit === 'hour' ? hoursOf(at, zone) : [at])) break;
  }
  return keys;
}

function currentKey(unit: Unit, nowMs: number, zone: string): string {
  const local = wallClock(nowMs, zone);
  const day = local.slice(0, 10);
  if (unit === 'week') return monday(day);
  return keyOf(unit === 'hour' ? local : day, unit) ?? day;
}

const PLAIN_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** One bucket per unit of the report's days, in order. `nowMs` tells which one is still being filled. */
export function fill(report: Report, unit: Unit, zone: string, nowMs: number): Bucket[] {
  const rows = new Map<string, Report['rows']>();
  for (const row of report.rows) {
    const key = keyOf(row.dimensions[`time:${unit}`] ?? '', unit);
    if (!key) continue;
    // The hour that clocks repeat in autumn comes as two rows of the same name; both are kept, in order.
    rows.set(key, [...(rows.get(key) ?? []), row]);
  }
  const today = wallClock(nowMs, zone).slice(0, 10);
  const from = PLAIN_DATE.test(report.meta.from ?? '') ? (report.meta.from ?? today) : today;
  const to = PLAIN_DATE.test(report.meta.to ?? '') ? (report.meta.to ?? today) : today;
  // A row newer than this computer's clock says that the clock is behind; the row is right.
  const newest = [...rows.keys()].reduce((a, b) => (a > b ? a : b), '');
  const clock = currentKey(unit, nowMs, zone);
  const current = newest > clock && newest.slice(0, 10) <= to ? newest : clock;
  return expectedKeys(unit, from, to, zone).flatMap((key): Bucket[] => {
    const phase = key < current ? 'past' : key === current ? 'current' : 'future';
    const found = rows.get(key);
    if (!found) return [{ key, phase, row: null, before: null }];
    return found.map(({ metrics, before }) => ({ key, phase, row: metrics, before }));
  });
}

/** What the chart draws: counts are 0 where nothing happened, ratios have no value there, the future has none. */
export function valueOf(bucket: Bucket, metric: string, isCount: boolean): number | null {
  if (bucket.phase === 'future') return null;
  return bucket.row?.[metric] ?? (isCount ? 0 : null);
}

/** The same of the time that is compared with. */
export function valueBefore(bucket: Bucket, metric: string): number | null {
  return bucket.before?.[metric] ?? null;
}
