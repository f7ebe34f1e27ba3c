// Checks answers once, at the door: the panels behind it never meet a missing or oddly typed field.
import type { Metrics } from './metrics.ts';

export interface Me {
  email: string;
  csrf: string;
}

export interface About {
  version: string;
  demo: boolean;
  ownerExists: boolean;
}

export interface Site {
  id: number;
  key: string;
  domain: string;
  timezone: string;
  /** What its owner should mend. */
  warnings: SiteWarning[];
}

export interface SiteWarning {
  code: string;
  /** What is wrong, and what it does. */
  message: string;
  /** What to do. */
  fix: string;
}

export interface Row {
  dimensions: Partial<Record<string, string>>;
  metrics: Metrics;
  /** Of the time that is compared with; null without a comparison. */
  before: Metrics | null;
}

export interface Compared {
  /** Local dates, inclusive. */
  dates: readonly [from: string, to: string];
  /** Of today so far: until which time on the site's clock, `2026-11-21T10:42`. */
  until: string | null;
}

export interface Report {
  rows: Row[];
  totals: Metrics;
  totalsBefore: Metrics | null;
  meta: {
    /** Local dates, inclusive; null when the server does not say. */
    from: string | null;
    to: string | null;
    /** What is compared with. */
    compare: Compared | null;
    /** Share of visitors counted without a cookie, 0 to 1. */
    cookielessShare: number | null;
    warnings: string[];
  };
}

export interface Presence {
  now: number;
  nowEma: number;
  last5: number;
  last30: number;
  /** 30 values, oldest first, the last being the current minute. */
  perMinute: number[];
  pages: { page: string; visitors: number }[];
}

export interface Activity {
  id: string;
  name: string;
  page: string;
  /** Unix milliseconds. */
  at: number;
}

type Json = Record<string, unknown>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const text = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

function number(value: unknown, otherwise = 0): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

function nullable(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function decodeMe(json: unknown): Me {
  const given = object(json);
  return { email: text(object(given['user'])['email']), csrf: text(given['csrf']) };
}

export function decodeAbout(json: unknown): About {
  const given = object(json);
  return {
    version: text(given['version']),
    demo: given['demo'] === true,
    ownerExists: given['owner_exists'] === true,
  };
}

export function decodeSites(json: unknown): Site[] {
  return list(object(json)['sites']).map((entry) => {
    const given = object(entry);
    const domains = list(given['domains']).map((domain) => text(domain));
    return {
      id: number(given['id']),
      key: text(given['key']),
      domain: text(given['domain'], domains[0] ?? text(given['key'])),
      timezone: text(given['timezone'], 'UTC'),
      warnings: list(given['warnings']).map((warning) => {
        const { code, message, fix } = object(warning);
        return { code: text(code), message: text(message), fix: text(fix) };
      }),
    };
  });
}

function decodeMetrics(json: unknown): Metrics {
  return Object.fromEntries(Object.entries(object(json)).map(([name, value]) => [name, nullable(value)]));
}

const before = (json: unknown): Metrics | null =>
  typeof json === 'object' && json !== null ? decodeMetrics(json) : null;

function decodeCompared(json: unknown): Compared | null {
  const { from, to, until } = object(json);
  if (typeof from !== 'string' || typeof to !== 'string') return null;
  return { dates: [from, to], until: typeof until === 'string' ? until : null };
}

export function decodeReport(json: unknown): Report {
  const given = object(json);
  const meta = object(given['meta']);
  const rows = list(given['rows']).map((entry) => {
    const row = object(entry);
    const dimensions = Object.entries(object(row['dimensions'])).map(([name, value]) => [name, text(value)]);
    return {
      dimensions: Object.fromEntries(dimensions) as Row['dimensions'],
      metrics: decodeMetrics(row['metrics']),
      before: before(row['compare']),
    };
  });
  return {
    rows,
    totals: decodeMetrics(given['totals']),
    totalsBefore: before(object(given['totals'])['compare']),
    meta: {
      from: typeof meta['from'] === 'string' ? meta['from'] : null,
      to: typeof meta['to'] === 'string' ? meta['to'] : null,
      compare: decodeCompared(meta['compare']),
      cookielessShare: nullable(meta['cookieless_share']),
      warnings: list(meta['warnings']).map((warning) => text(warning)),
    },
  };
}

/** The answers of one request, in the order of its queries. */
export function decodeReports(json: unknown): Report[] {
  return list(object(json)['results']).map(decodeReport);
}

const MINUTES = 30;

export function decodePresence(json: unknown): Presence {
  const given = object(json);
  const minutes = list(given['per_minute']).map((value) => Math.max(0, number(value)));
  const now = Math.max(0, number(given['now']));
  return {
    now,
    nowEma: Math.max(0, number(given['now_ema'], now)),
    last5: Math.max(0, number(given['last_5_min'])),
    last30: Math.max(0, number(given['last_30_min'])),
    perMinute: [...new Array<number>(MINUTES).fill(0), ...minutes].slice(-MINUTES),
    pages: list(given['pages']).map((entry) => ({
      page: text(object(entry)['page']),
      visitors: number(object(entry)['visitors']),
    })),
  };
}

export function decodeActivity(json: unknown): Activity {
  const given = object(json);
  const at = typeof given['at'] === 'string' ? Date.parse(given['at']) : given['at'];
  return {
    id: text(given['id']),
    name: text(given['name'], 'event'),
    page: text(given['page']),
    at: number(at, Date.now()),
  };
}
