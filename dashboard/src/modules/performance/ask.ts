// The questions of the performance page.
import * as api from '../../core/api.ts';
import type { Report, Row } from '../../core/decode.ts';
import { conditionsOf, type Conditions, type Filter } from '../../core/filters.ts';
import { queryOf, type Scope } from '../../core/query.ts';
import { measuredIn, VITALS } from './vitals.ts';

export const BY = ['page_template', 'page', 'device_type', 'country'] as const;
export type By = (typeof BY)[number];

export const PERIODS = ['7d', '30d', '90d', '12mo'] as const;
export type Period = (typeof PERIODS)[number];

/** What a measurement knows of its visitor and page; of the visit and its source it knows nothing. */
export const KNOWN: readonly string[] = [...BY, 'hostname', 'browser', 'os', 'bot'];

export const applies = ({ dimension }: Pick<Filter, 'dimension'>): boolean => KNOWN.includes(dimension);

/** Whose measurements: those of a period that fit the filters that apply. */
export function scopeOf(period: Period, filters: readonly Filter[]): Scope {
  return { date_range: period, filters: conditionsOf(filters.filter(applies)), compare: null };
}

export interface Speed {
  totals: Row['metrics'];
  rows: Row[];
}

const LINES = 50;
const metrics = VITALS.flatMap((vital) => [
  `p75_${vital}`,
  `samples_${vital}`,
  `good_${vital}`,
  `poor_${vital}`,
]);

export async function speed(site: number, scope: Scope, by: By, signal: AbortSignal): Promise<Speed> {
  const whole = queryOf(scope, { metrics, dimensions: [] });
  const lines = queryOf(scope, {
    metrics,
    dimensions: [by],
    order_by: [['samples_lcp', 'desc']],
    limit: LINES,
  });
  const [total, parts] = await api.answers(site, [whole, lines], signal);
  return { totals: total?.totals ?? {}, rows: parts?.rows ?? [] };
}

/** The measures that an element causes. */
export const CAUSED = ['lcp', 'inp', 'cls'] as const;
export type Caused = (typeof CAUSED)[number];

export interface Cause {
  /** A selector, as a browser sent it. */
  target: string;
  samples: number;
  p75: number | null;
}

/** The most frequent causes, and how many samples name any. */
export interface Causes {
  told: number;
  lines: Cause[];
}

const MOST_CAUSES = 5;

function causesIn(vital: Caused, { rows, totals }: Report): Causes {
  const lines = rows.map(({ dimensions, metrics: of }): Cause => {
    const { samples, p75 } = measuredIn(of, vital);
    return { target: dimensions['target'] ?? '', samples, p75 };
  });
  return { told: measuredIn(totals, vital).samples, lines };
}

/** What the values of one line were caused by. */
export async function causes(
  site: number,
  scope: Scope,
  [by, value]: readonly [By, string],
  signal: AbortSignal,
): Promise<Record<Caused, Causes>> {
  const filters: Conditions = ['and', ['is', by, [value]], ['is_not', 'target', ['']]];
  const queries = CAUSED.map((vital) =>
    queryOf(scope, {
      metrics: [`samples_${vital}`, `p75_${vital}`],
      dimensions: ['target'],
      filters,
      limit: MOST_CAUSES,
    }),
  );
  const reports = await api.answers(site, queries, signal);
  const none = { told: 0, lines: [] };
  const found = CAUSED.map(
    (vital, at) => [vital, reports[at] ? causesIn(vital, reports[at]) : none] as const,
  );
  return Object.fromEntries(found) as Record<Caused, Causes>;
}
