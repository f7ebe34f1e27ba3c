// Numbers, dates and times as people read them, in the interface's language and the site's zone.
import type { Unit } from './buckets.ts';
import { MEANING, type MetricKey } from './metrics.ts';

export interface Format {
  /** A whole number, grouped; shortened from ten million on. */
  count: (value: number) => string;
  /** A whole number in little space: 12k. */
  short: (value: number) => string;
  metric: (metric: MetricKey, value: number | null | undefined) => string;
  /** For an axis. */
  tick: (metric: MetricKey, value: number) => string;
  /** A bucket's name, in full or for an axis. */
  bucket: (unit: Unit, key: string) => string;
  bucketTick: (unit: Unit, key: string) => string;
  dates: (from: string, to: string) => string;
  time: (atMs: number, zone: string) => string;
  timeWithSeconds: (atMs: number, zone: string) => string;
}

export const NO_VALUE = '–';

/** The interface's one language: a browser's other one would mix into its English sentences. */
const LOCALE = 'en-GB';

/** A bucket's key as an instant whose UTC reading is the wall-clock time. */
function asUtc(key: string): number {
  const padded = key.length === 7 ? `${key}-01` : key;
  return Date.parse(padded.length === 10 ? `${padded}T00:00:00Z` : `${padded}:00Z`);
}

function durations() {
  const unit = (name: string) =>
    new Intl.NumberFormat(LOCALE, { style: 'unit', unit: name, unitDisplay: 'narrow' });
  const [hour, minute, second] = [unit('hour'), unit('minute'), unit('second')];
  return (seconds: number): string => {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return second.format(whole);
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return `${minute.format(minutes)} ${second.format(whole % 60)}`;
    return `${hour.format(Math.floor(minutes / 60))} ${minute.format(minutes % 60)}`;
  };
}

function numbers() {
  const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
  const precise = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 2 });
  return {
    count: (value: number) => (Math.abs(value) < 10_000_000 ? whole : precise).format(value),
    short: (value: number) => (Math.abs(value) < 1000 ? whole : compact).format(value),
    ratio: new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    share: new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 0 }),
  };
}

function createFormat(): Format {
  const number = numbers();
  const duration = durations();
  const date = (options: Intl.DateTimeFormatOptions) => {
    const known = new Intl.DateTimeFormat(LOCALE, { timeZone: 'UTC', ...options });
    return (key: string) => known.format(asUtc(key));
  };
  const hour = date({ hour: '2-digit', minute: '2-digit' });
  const day = date({ weekday: 'short', day: 'numeric', month: 'short' });
  const dayTick = date({ day: 'numeric', month: 'short' });
  const month = date({ month: 'long', year: 'numeric' });
  const monthTick = date({ month: 'short' });
  const period = new Intl.DateTimeFormat(LOCALE, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  const clock = (atMs: number, zone: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(LOCALE, { timeZone: zone, ...options }).format(atMs);
  const value = (metric: MetricKey, of: number, count: (value: number) => string) => {
    switch (MEANING[metric].kind) {
      case 'count':
        return count(of);
      case 'ratio':
        return number.ratio.format(of);
      case 'share':
        return number.share.format(of);
      case 'seconds':
        return duration(of);
    }
  };
  return {
    count: number.count,
    short: number.short,
    metric: (metric, of) =>
      of === null || of === undefined || !Number.isFinite(of) ? NO_VALUE : value(metric, of, number.count),
    tick: (metric, of) => value(metric, of, number.short),
    bucket: (unit, key) =>
      unit === 'hour'
        ? `${day(key)}, ${hour(key)}`
        : unit === 'month'
          ? month(key)
          : unit === 'week'
            ? `Week of ${day(key)}`
            : day(key),
    bucketTick: (unit, key) => (unit === 'hour' ? hour : unit === 'month' ? monthTick : dayTick)(key),
    dates: (from, to) => period.formatRange(asUtc(from), asUtc(to)),
    time: (atMs, zone) => clock(atMs, zone, { hour: '2-digit', minute: '2-digit' }),
    timeWithSeconds: (atMs, zone) =>
      clock(atMs, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  };
}

export const format = createFormat();

/**
 * Text from outside, one line, with every control and direction-changing character made visible: a page's path is
 * written by whoever visits it and must not be able to reorder or break the line it stands in. The joiners U+200C and
 * U+200D stay: Persian and emoji need them.
 */
export function printable(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * A page's path as its author wrote it: what the browser percent-encoded is decoded, segment by segment. A segment that
 * is not percent-encoded UTF-8 stays as it is, and so do the marks that would change where the path divides.
 */
export function readablePath(path: string): string {
  return path
    .split('/')
    .map((segment) => {
      try {
        return decodeURIComponent(segment.replace(/%(?=2f|3f|23)/gi, '%25'));
      } catch {
        return segment;
      }
    })
    .join('/');
}
