// The words of the first screen: one label, unit and definition per metric, used by every panel.

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

export type MetricKey = (typeof METRICS)[number];

/** A metric's values by name; null = nothing to measure (a bounce rate without sessions). */
export type Metrics = Partial<Record<string, number | null>>;

interface Meaning {
  label: string;
  /** Short, for the charts' axes and sentences. */
  noun: string;
  definition: string;
  /** `count` is 0 where nothing happened; the others have no value there. */
  kind: 'count' | 'ratio' | 'share' | 'seconds';
}

export const MEANING: Record<MetricKey, Meaning> = {
  visitors: {
    label: 'Visitors',
    noun: 'visitors',
    definition:
      'Distinct visitor ids. Without a cookie an id lives one day (04:00 to 04:00), so somebody who returns on another day counts again.',
    kind: 'count',
  },
  sessions: {
    label: 'Sessions',
    noun: 'sessions',
    definition:
      'Visits. One ends after 30 minutes without an event (or the site’s own setting) and is never split at midnight.',
    kind: 'count',
  },
  page_views: {
    label: 'Page views',
    noun: 'page views',
    definition: 'Pages opened, including repeated views of the same page.',
    kind: 'count',
  },
  events: {
    label: 'Events',
    noun: 'events',
    definition:
      'Everything that was sent: page views, clicks into the cart, orders, and what the shop adds itself.',
    kind: 'count',
  },
  views_per_session: {
    label: 'Views per session',
    noun: 'views per session',
    definition: 'Page views divided by sessions.',
    kind: 'ratio',
  },
  bounce_rate: {
    label: 'Bounce rate',
    noun: 'bounce rate',
    definition:
      'Sessions that were not engaged: under 10\u00a0s of engaged time, fewer than 2\u00a0page views and nothing put in the cart.',
    kind: 'share',
  },
  engaged_time_s: {
    label: 'Engaged time',
    noun: 'engaged time',
    definition:
      'Average time per session in which the page was visible and in use; per page view where pages or events are looked at.',
    kind: 'seconds',
  },
  session_duration_s: {
    label: 'Session duration',
    noun: 'session duration',
    definition: 'Average time from a session’s first event to its last.',
    kind: 'seconds',
  },
};

/** The live figures; they are not part of the reports. */
export const LIVE_MEANING = {
  now: {
    label: 'Online now',
    definition:
      'Visitors with a visible tab or an event in the last 45 seconds, without bots. From 100 on the number is smoothed; the raw count is shown on hover.',
  },
  last_5_min: {
    label: 'Last 5 min',
    definition: 'Distinct visitors of the last five minutes; each counts once.',
  },
  last_30_min: {
    label: 'Last 30 min',
    definition: 'Distinct visitors of the last thirty minutes; each counts once.',
  },
} as const;

/** Of these, less is better. */
export const LESS_IS_BETTER: readonly MetricKey[] = ['bounce_rate'];

export function isMetric(word: string | null): word is MetricKey {
  return METRICS.some((metric) => metric === word);
}
