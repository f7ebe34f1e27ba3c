// The periods one can look at: by name, or two dates of the site's calendar.
import type { Unit } from './buckets.ts';
import { addDays, addMonths } from './zone.ts';

export const PERIODS = [
  'day',
  'yesterday',
  '7d',
  '30d',
  '90d',
  'month',
  'year',
  '12mo',
  'all',
  'custom',
] as const;
export type Period = (typeof PERIODS)[number];

/** What a person sees, and the key that chooses it: Plausible's letters, so that hands need not learn anew. */
export const PERIOD_WORDS: Record<Period, { long: string; key?: string }> = {
  day: { long: 'Today', key: 'D' },
  yesterday: { long: 'Yesterday', key: 'E' },
  '7d': { long: 'Last 7 days', key: 'W' },
  '30d': { long: 'Last 30 days', key: 'T' },
  '90d': { long: 'Last 90 days' },
  month: { long: 'Month to date', key: 'M' },
  year: { long: 'Year to date', key: 'Y' },
  '12mo': { long: 'Last 12 months', key: 'L' },
  all: { long: 'All time', key: 'A' },
  custom: { long: 'Custom range', key: 'C' },
};

/** First and last date, both inclusive. */
export type Dates = readonly [from: string, to: string];

/** A named period, or the dates of a custom one. */
export interface When {
  range: Period;
  /** Of `custom` alone. */
  dates: Dates | null;
}

const PLAIN_DATE = /^(?:20\d\d|2100)-\d{2}-\d{2}$/;

/** A date that is in the calendar, as the server takes it. */
export function isDate(text: string): boolean {
  if (!PLAIN_DATE.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** What is wrong with two dates, in a sentence; null when nothing is. */
export function wrongDates(from: string, to: string): string | null {
  if (!isDate(from) || !isDate(to)) return 'Choose a first and a last day.';
  return from > to ? 'The first day is after the last.' : null;
}

/** First and last local date of a period that ends on `today`; null for all time: the server knows. */
export function datesOf({ range, dates }: When, today: string): Dates | null {
  switch (range) {
    case 'day':
      return [today, today];
    case 'yesterday':
      return [addDays(today, -1), addDays(today, -1)];
    case '7d':
      return [addDays(today, -6), today];
    case '30d':
      return [addDays(today, -29), today];
    case '90d':
      return [addDays(today, -89), today];
    case 'month':
      return [addMonths(today, 0), today];
    case 'year':
      return [`${today.slice(0, 4)}-01-01`, today];
    case '12mo':
      return [addMonths(today, -11), today];
    case 'all':
      return null;
    case 'custom':
      return dates ?? [today, today];
  }
}

const NAMED_BY_SERVER: readonly Period[] = ['day', '7d', '30d', '90d', '12mo', 'all'];

/** The period as a query says it. Where the server has a name for it, its clock decides what today is. */
export function dateRangeOf(when: When, today: string): string | Dates {
  if (NAMED_BY_SERVER.includes(when.range)) return when.range;
  return datesOf(when, today) ?? 'all';
}

const DAY_MS = 86_400_000;

/** How many days, both ends counted. */
export function daysOf([from, to]: Dates): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

/** The units a chart of so many days can have, finest first: neither a point alone nor more than fit. */
export function unitsFor(days: number): Unit[] {
  const units: Unit[] = [];
  if (days <= 14) units.push('hour');
  if (days > 1 && days <= 800) units.push('day');
  if (days > 7) units.push('week');
  if (days > 31) units.push('month');
  return units;
}

/** The unit when none is chosen, as the server's own reports have it. */
export function naturalUnit(days: number): Unit {
  return days <= 1 ? 'hour' : days <= 121 ? 'day' : 'month';
}
