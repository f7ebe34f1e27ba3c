// The questions of the performance page.
import { ask } from '../../core/api.ts';
import { decodeReport, type Row } from '../../core/decode.ts';
import { Problem } from '../../core/problem.ts';
import { VITALS } from './vitals.ts';

export const BY = ['page_template', 'page', 'device_type', 'country'] as const;
export type By = (typeof BY)[number];

export const PERIODS = ['7d', '30d', '90d', '12mo'] as const;
export type Period = (typeof PERIODS)[number];

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

export async function speed(site: number, period: Period, by: By, signal: AbortSignal): Promise<Speed> {
  const query = { metrics, date_range: period };
  const lines = { ...query, dimensions: [by], order_by: [['samples_lcp', 'desc']], limit: LINES };
  const body = { site: String(site), queries: [{ ...query, dimensions: [] }, lines] };
  const response = await ask('/api/v1/q', { method: 'POST', body, signal });
  const answer = (await response.json().catch(() => null)) as { results?: unknown } | null;
  const results = Array.isArray(answer?.results) ? (answer.results as unknown[]) : [];
  if (results.length !== 2) {
    throw new Problem(200, 'Unreadable answer', 'The server left a question without an answer.');
  }
  const [whole, parts] = results.map(decodeReport);
  return { totals: whole?.totals ?? {}, rows: parts?.rows ?? [] };
}
