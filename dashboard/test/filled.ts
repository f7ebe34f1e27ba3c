// A report filled over a period that ends today, as a site's clock has it.
import { fill, type Bucket } from '../src/core/buckets.ts';
import type { Report } from '../src/core/api.ts';
import { datesOf, daysOf, naturalUnit, type Period } from '../src/core/period.ts';
import { wallClock } from '../src/core/zone.ts';

export function filled(report: Report, range: Period, zone: string, now: number): Bucket[] {
  const dates = datesOf({ range, dates: null }, wallClock(now, zone).slice(0, 10));
  const [from = null, to = null] = dates ?? [];
  const meta = { ...report.meta, from: report.meta.from ?? from, to: report.meta.to ?? to };
  const named = Object.keys(report.rows[0]?.dimensions ?? {})[0]?.slice('time:'.length);
  const unit = (['hour', 'day', 'week', 'month'] as const).find((known) => known === named);
  return fill({ ...report, meta }, unit ?? naturalUnit(dates ? daysOf(dates) : 1), zone, now);
}
