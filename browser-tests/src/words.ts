/** How the first screen writes figures and names, spelt out anew for tests. */
import type { Figures, Unit } from './oracle.ts';

export const METRICS = [
  'visitors',
  'sessions',
  'page_views',
  'events',
  'views_per_session',
  'bounce_rate',
  'engaged_time_s',
  'session_duration_s',
] as const;
export type Metric = (typeof METRICS)[number];

export const LABELS: Record<Metric, string> = {
  visitors: 'Visitors',
  sessions: 'Sessions',
  page_views: 'Page views',
  events: 'Events',
  views_per_session: 'Views per session',
  bounce_rate: 'Bounce rate',
  engaged_time_s: 'Engaged time',
  session_duration_s: 'Session duration',
};

export const NOTHING = '–';

/** A figure; counts are 0 where nothing happened, the others have no value there. */
export function written(metric: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  if (metric === 'bounce_rate') return `${Math.round(value * 100)}%`;
  if (metric === 'views_per_session')
    return new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
  if (!metric.endsWith('_s')) return value.toLocaleString('en');
  const seconds = Math.round(value);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m ${seconds % 60}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

const signed = (value: number): string => {
  const size = Math.round(Math.abs(value)).toLocaleString('en');
  return size === '0' ? '0' : `${value < 0 ? '-' : '+'}${size}`;
};

/** How it changed, with the arrow. */
export function change(metric: string, now: Figures, before: Figures): string {
  const [a, b] = [now[metric] ?? null, before[metric] ?? null];
  if (a === null || b === null) return NOTHING;
  const words =
    metric === 'bounce_rate'
      ? `${signed((a - b) * 100)} pp`
      : b === 0
        ? a === 0
          ? '0%'
          : 'new'
        : `${signed(((a - b) / b) * 100)}%`;
  return `${words === 'new' || words.startsWith('+') ? '↑' : words.startsWith('-') ? '↓' : ''}${words}`;
}

const COUNTRIES: Record<string, string> = {
  DE: 'Germany',
  FR: 'France',
  AT: 'Austria',
  JP: 'Japan',
  GB: 'United Kingdom',
};
const LANGUAGES: Record<string, string> = {
  'de-DE': 'German (Germany)',
  'fr-FR': 'French (France)',
  'de-AT': 'Austrian German',
  'ja-JP': 'Japanese (Japan)',
  'en-GB': 'British English',
};

/** A value's name. */
export function nameOf(dimension: string, value: string): string {
  if (dimension.endsWith('page')) return value === '' ? '(none)' : decodeURIComponent(value);
  if (value === '') return dimension === 'campaign' ? 'No campaign' : 'Unknown';
  if (dimension === 'country') return COUNTRIES[value] ?? value;
  if (dimension === 'language') return LANGUAGES[value] ?? value;
  return dimension === 'device_type' ? value.charAt(0).toUpperCase() + value.slice(1) : value;
}

export const DIMENSIONS: Record<string, { label: string; plural: string }> = {
  page: { label: 'Page', plural: 'Pages' },
  entry_page: { label: 'Entry page', plural: 'Entry pages' },
  exit_page: { label: 'Exit page', plural: 'Exit pages' },
  source: { label: 'Source', plural: 'Sources' },
  channel: { label: 'Channel', plural: 'Channels' },
  campaign: { label: 'Campaign', plural: 'Campaigns' },
  country: { label: 'Country', plural: 'Countries' },
  city: { label: 'City', plural: 'Cities' },
  language: { label: 'Language', plural: 'Languages' },
  device_type: { label: 'Device', plural: 'Devices' },
  browser: { label: 'Browser', plural: 'Browsers' },
  os: { label: 'System', plural: 'Systems' },
  event: { label: 'Event', plural: 'Events' },
};

/** Cards by title, with their dimensions. */
export const CARDS: Record<string, readonly [string, ...string[]]> = {
  Pages: ['page', 'entry_page', 'exit_page'],
  Sources: ['source', 'channel', 'campaign'],
  Places: ['country', 'city', 'language'],
  Devices: ['device_type', 'browser', 'os'],
};

/** What a card's lines tell, in the order of its columns; the last decides their order. */
export function metricsOf(dimension: string): readonly [Metric, Metric] {
  return dimension === 'page' ? ['visitors', 'page_views'] : ['sessions', 'visitors'];
}

/** A stretch of time, named. */
export function bucketName(unit: Unit, key: string): string {
  const options: Intl.DateTimeFormatOptions =
    unit === 'month'
      ? { month: 'long', year: 'numeric' }
      : { weekday: 'short', day: 'numeric', month: 'short' };
  const date = unit === 'month' ? `${key}-01` : key.slice(0, 10);
  const name = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(Date.parse(date));
  return unit === 'hour' ? `${name}, ${key.slice(11)}` : unit === 'week' ? `Week of ${name}` : name;
}

export const isCount = (metric: Metric): boolean =>
  ['visitors', 'sessions', 'page_views', 'events'].includes(metric);

export const OPERATORS = {
  is: ['is', 'is not'],
  contains: ['contains', 'does not contain'],
  matches: ['matches', 'does not match'],
};
