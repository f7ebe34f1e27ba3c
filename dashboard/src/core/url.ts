// What the screen shows lives in the address, so that a link shows the same:
// `?site=1&p=30d&m=visitors&g=week&cmp=previous&f=is:country:DE,AT&cards=entry_page,channel`.
import type { Unit } from './buckets.ts';
import { addFilter, filterText, parseFilter, type Filter } from './filters.ts';
import { isMetric, type MetricKey } from './metrics.ts';
import { PERIODS, wrongDates, type Dates, type Period } from './period.ts';

export const COMPARISONS = ['previous', 'year'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const UNITS: readonly Unit[] = ['hour', 'day', 'week', 'month'];

export interface View {
  /** Null: the first site. */
  site: number | null;
  range: Period;
  /** Of the range `custom` alone. */
  dates: Dates | null;
  metric: MetricKey;
  /** The chart's points; null: what suits the range. */
  unit: Unit | null;
  compare: Comparison | null;
  filters: readonly Filter[];
  /** The chosen dimensions of the cards that show another than their first. */
  cards: readonly string[];
  /** What the performance page divides by; empty: its first. */
  by: string;
}

export const DEFAULT_VIEW: View = {
  site: null,
  range: '7d',
  dates: null,
  metric: 'visitors',
  unit: null,
  compare: null,
  filters: [],
  cards: [],
  by: '',
};

function datesIn(params: URLSearchParams): Dates | null {
  const [from, to] = [params.get('from') ?? '', params.get('to') ?? ''];
  return wrongDates(from, to) === null ? [from, to] : null;
}

/** Reads the address; what is unknown in it falls back to the default. */
export function parseView(search: string): View {
  const params = new URLSearchParams(search);
  const site = params.get('site') ?? '';
  const dates = datesIn(params);
  const named = PERIODS.find((known) => known === params.get('p'));
  const range = named === 'custom' && !dates ? undefined : named;
  const metric = params.get('m');
  const filters = params.getAll('f').flatMap((text) => parseFilter(text) ?? []);
  return {
    site: /^[1-9]\d{0,9}$/.test(site) ? Number(site) : null,
    range: range ?? DEFAULT_VIEW.range,
    dates: range === 'custom' ? dates : null,
    metric: isMetric(metric) ? metric : DEFAULT_VIEW.metric,
    unit: UNITS.find((known) => known === params.get('g')) ?? null,
    compare: COMPARISONS.find((known) => known === params.get('cmp')) ?? null,
    filters: filters.reduce<Filter[]>(addFilter, []),
    by: /^[a-z_]+$/.exec(params.get('by') ?? '')?.[0] ?? DEFAULT_VIEW.by,
    cards: [...new Set((params.get('cards') ?? '').split(',').filter((word) => /^[a-z_]+$/.test(word)))],
  };
}

const OWN = ['site', 'p', 'm', 'from', 'to', 'g', 'cmp', 'f', 'cards', 'by'];
/** Marks that mean nothing in a query and are easier to read as they are. */
const READABLE = /%(?:3A|2C|2F|40)/g;

const written = (name: string, value: string) =>
  new URLSearchParams([[name, value]]).toString().replace(READABLE, decodeURIComponent);

/** The address of a view; parameters of others in `search` stay. */
export function formatView(view: View, search: string): string {
  const words: [string, string][] = [];
  if (view.site !== null) words.push(['site', String(view.site)]);
  words.push(['p', view.range]);
  if (view.range === 'custom' && view.dates) words.push(['from', view.dates[0]], ['to', view.dates[1]]);
  words.push(['m', view.metric]);
  if (view.unit) words.push(['g', view.unit]);
  if (view.compare) words.push(['cmp', view.compare]);
  for (const filter of view.filters) words.push(['f', filterText(filter)]);
  if (view.cards.length > 0) words.push(['cards', view.cards.join(',')]);
  if (view.by !== '') words.push(['by', view.by]);
  const others = [...new URLSearchParams(search)].filter(([name]) => !OWN.includes(name));
  return `?${[...words, ...others].map(([name, value]) => written(name, value)).join('&')}`;
}
