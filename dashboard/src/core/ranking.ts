// Rankings: what one asks, what its lines say, and the same as rows of a file.
import type { Report } from './api.ts';
import { changeOf, type Change } from './change.ts';
import type { Cell } from './csv.ts';
import { valueName, wordsOf } from './dimensions.ts';
import { MEANING, type MetricKey, type Metrics } from './metrics.ts';
import { queryOf, type Query, type Scope } from './query.ts';

export interface Ranking {
  dimension: string;
  /** The first decides the order and the bars. */
  metrics: readonly [MetricKey, ...MetricKey[]];
  /** What the long list tells beside them. */
  more: readonly MetricKey[];
  /** Lines without a value are left out. */
  named?: boolean;
}

export interface Line {
  value: string;
  name: string;
  metrics: Metrics;
  before: Metrics | null;
  change: Change | null;
}

/** Lines of a card. */
export const LINES = 8;
/** Lines of a long list. */
export const MOST_LINES = 1000;
/** Lines of one answer for a file: as many as the server gives. */
export const FILE_LINES = 10_000;

export function rankingQuery(scope: Scope, { dimension, metrics, named }: Ranking): Query {
  return queryOf(scope, {
    metrics,
    dimensions: [dimension],
    limit: LINES,
    totals: false,
    ...(named && { filters: ['is_not', dimension, ['']] }),
  });
}

export interface Order {
  /** A metric, or the dimension itself. */
  by: string;
  direction: 'asc' | 'desc';
}

/** The same with all there is to say. */
export function longQuery(scope: Scope, ranking: Ranking, { by, direction }: Order): Query {
  return {
    ...rankingQuery(scope, ranking),
    metrics: [...ranking.metrics, ...ranking.more],
    order_by: [[by, direction]],
    limit: MOST_LINES,
  };
}

/** The same in pieces, for a file of all lines. */
export function pieceQuery(scope: Scope, ranking: Ranking, order: Order, offset: number): Query {
  return { ...longQuery(scope, ranking, order), limit: FILE_LINES, ...(offset > 0 && { offset }) };
}

/** Does a line fit what somebody looks for, by its name or as it is stored? */
export function lineFits({ value, name }: Pick<Line, 'value' | 'name'>, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return name.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted);
}

/** Where events are looked at, some belong to no visit: a line of nothing is no line. */
export function linesOf({ dimension, metrics: [main, ...others] }: Ranking, report: Report): Line[] {
  const something = ({ metrics }: { metrics: Metrics }) =>
    [main, ...others].some((metric) => (metrics[metric] ?? 0) > 0);
  return report.rows.filter(something).map(({ dimensions, metrics, before }) => {
    const value = dimensions[dimension] ?? '';
    const change = before && changeOf(main, metrics[main], before[main]);
    return { value, name: valueName(dimension, value), metrics, before, change };
  });
}

/** A file's rows, those that fit `search`: values as they are, shares as fractions, times in seconds. */
export function csvRows(ranking: Ranking, report: Report, search = ''): Cell[][] {
  const metrics = [...ranking.metrics, ...ranking.more];
  const compared = report.meta.compare !== null;
  const labels = metrics.map((metric) => MEANING[metric].label);
  const head = [wordsOf(ranking.dimension).label, ...labels];
  const found = linesOf(ranking, report).filter((line) => lineFits(line, search));
  const lines = found.map(({ value, metrics: of, before }): Cell[] => [
    value,
    ...metrics.map((metric) => of[metric] ?? null),
    ...(compared ? metrics.map((metric) => before?.[metric] ?? null) : []),
  ]);
  return [compared ? [...head, ...labels.map((label) => `${label} before`)] : head, ...lines];
}
