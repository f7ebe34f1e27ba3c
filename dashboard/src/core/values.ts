// Finds values of dimensions that fit what somebody types: few values by the names people read, many by the server.
import * as api from './api.ts';
import { DIMENSIONS, valueName, wordsOf } from './dimensions.ts';
import { MEANING, type MetricKey } from './metrics.ts';
import type { Dates } from './period.ts';
import type { Query } from './query.ts';

export interface Found {
  dimension: string;
  value: string;
  name: string;
  /** How often, with its unit. */
  count: number;
  noun: string;
}

/** Of dimensions with few values all are asked for. */
const FEW = 300;

function metricOf(dimension: string): MetricKey {
  return ['page', 'page_template'].includes(dimension)
    ? 'page_views'
    : dimension === 'event'
      ? 'events'
      : 'visitors';
}

const isFew = (dimension: string) => wordsOf(dimension).few === true;

/** RE2's own way to take a text literally, small and capital letters alike. */
const literally = (text: string) =>
  `(?i)${text.replace(/[^\p{L}\p{N}\s]/gu, (mark) => `\\x{${mark.codePointAt(0)?.toString(16) ?? ''}}`)}`;

function queryOf(dimension: string, text: string, dates: string | Dates, limit: number): Query {
  const searched = text !== '' && !isFew(dimension);
  return {
    metrics: [metricOf(dimension)],
    dimensions: [dimension],
    date_range: dates,
    limit: isFew(dimension) ? FEW : limit,
    totals: false,
    ...(searched && { filters: ['matches', dimension, [literally(text)]] }),
  };
}

/** Most frequent first within each dimension, at most `limit` of each. */
export async function findValues(
  site: number,
  dimensions: readonly string[],
  text: string,
  dates: string | Dates,
  limit: number,
  signal: AbortSignal,
): Promise<Found[]> {
  const queries = dimensions.map((dimension) => queryOf(dimension, text, dates, limit));
  const reports = await api.answers(site, queries, signal);
  const wanted = text.toLowerCase();
  return reports.flatMap((report, at) => {
    const dimension = dimensions[at] ?? '';
    const metric = metricOf(dimension);
    const found = report.rows.map(({ dimensions: of, metrics }) => {
      const value = of[dimension] ?? '';
      const count = metrics[metric] ?? 0;
      return { dimension, value, name: valueName(dimension, value), count, noun: MEANING[metric].noun };
    });
    const fits = ({ value, name }: Found) =>
      !isFew(dimension) || name.toLowerCase().includes(wanted) || value.toLowerCase() === wanted;
    return found.filter((one) => one.count > 0 && fits(one)).slice(0, limit);
  });
}

/** Those a palette searches in. */
export const SEARCHED = Object.keys(DIMENSIONS).filter((name) =>
  [
    'page',
    'source',
    'channel',
    'campaign',
    'country',
    'city',
    'language',
    'device_type',
    'browser',
    'os',
  ].includes(name),
);
