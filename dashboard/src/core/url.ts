// What the screen shows lives in the address (`?site=1&p=7d&m=visitors`), so that a link shows the same.
import { isMetric, type MetricKey } from './metrics.ts';

export const RANGES = ['day', '7d', '30d', '90d', '12mo'] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_LABEL: Record<Range, { short: string; long: string }> = {
  day: { short: 'Today', long: 'Today' },
  '7d': { short: '7 d', long: 'Last 7 days' },
  '30d': { short: '30 d', long: 'Last 30 days' },
  '90d': { short: '90 d', long: 'Last 90 days' },
  '12mo': { short: '12 mo', long: 'Last 12 months' },
};

export interface View {
  /** Null: the first site. */
  site: number | null;
  range: Range;
  metric: MetricKey;
}

export const DEFAULT_VIEW: View = { site: null, range: '7d', metric: 'visitors' };

/** Reads the address; what is unknown in it falls back to the default. */
export function parseView(search: string): View {
  const params = new URLSearchParams(search);
  const site = params.get('site') ?? '';
  const range = RANGES.find((known) => known === params.get('p'));
  const metric = params.get('m');
  return {
    site: /^[1-9]\d{0,9}$/.test(site) ? Number(site) : null,
    range: range ?? DEFAULT_VIEW.range,
    metric: isMetric(metric) ? metric : DEFAULT_VIEW.metric,
  };
}

/** The address of a view; parameters of others in `search` stay. */
export function formatView(view: View, search: string): string {
  const params = new URLSearchParams(search);
  if (view.site === null) params.delete('site');
  else params.set('site', String(view.site));
  params.set('p', view.range);
  params.set('m', view.metric);
  return `?${params.toString()}`;
}
