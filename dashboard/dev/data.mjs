// Made-up figures for looking at the dashboard without a server: a shop's ordinary week, and what hostile visitors
// could send. The same seed gives the same figures.

/** @param {number} seed */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SHOP_PAGES = [
  '/',
  '/products/merino-beanie',
  '/collections/winter',
  '/products/down-jacket-1978',
  '/cart',
  '/checkout',
  '/collections/sale',
  '/products/wool-socks-3-pack',
  '/pages/size-guide',
  '/blogs/journal/how-we-wash-wool',
  '/products/rain-shell',
  '/account/login',
  '/search',
  '/pages/shipping-and-returns',
];

const HOSTILE_PAGES = [
  '/<img src=x onerror=alert(document.domain)>',
  '/"><script>alert(1)</script>',
  `/${'very-long-path-without-any-break-'.repeat(30)}`,
  '/\u202e/gnp.exe\u202c/reversed',
  '/line\nbreak\tand\u0000nul',
  '/größe/日本語/שלום/مرحبا/👩‍👩‍👧‍👦',
  '',
  'javascript:alert(1)',
  '/%3Cscript%3E',
  "/'; DROP TABLE events; --",
];

/** Busy at noon and in the evening, quiet at night. @param {number} hour */
const daily = (hour) => 0.15 + Math.exp(-((hour - 12.5) ** 2) / 14) + 0.9 * Math.exp(-((hour - 20) ** 2) / 7);

/** @param {number} sessions @param {() => number} rand */
function metrics(sessions, rand) {
  const pageViews = Math.round(sessions * (2.2 + rand()));
  return {
    visitors: Math.round(sessions * 0.86),
    sessions,
    page_views: pageViews,
    events: Math.round(pageViews * 1.7),
    views_per_session: sessions ? pageViews / sessions : null,
    bounce_rate: sessions ? 0.385 + rand() * 0.05 : null,
    session_duration_s: sessions ? 140 + rand() * 45 : null,
  };
}

/** @param {string} date @param {number} days */
function shift(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const COOKIELESS_NOTE = 'Cookieless visitors live one day: someone who comes on two days counts twice.';
const DAYS = { '7d': 7, '30d': 30, '90d': 90 };

/** @param {{ metrics: ReturnType<typeof metrics> }[]} rows */
function totalsOf(rows) {
  const sum = (name) => rows.reduce((total, row) => total + (row.metrics[name] ?? 0), 0);
  const sessions = sum('sessions');
  return {
    visitors: Math.round(sum('visitors') * 0.81),
    sessions,
    page_views: sum('page_views'),
    events: sum('events'),
    views_per_session: sessions ? sum('page_views') / sessions : null,
    bounce_rate: sessions ? 0.412 : null,
    session_duration_s: sessions ? 163.4 : null,
  };
}

/**
 * The answer of `/api/v1/report/overview`, without the buckets in which nothing happened.
 * @param {string} range @param {string} now local wall-clock time of the site, `2026-11-22T14:05`
 */
export function overview(range, now) {
  const rand = random(range.length * 7919);
  const today = now.slice(0, 10);
  const rows = [];
  if (range === 'day') {
    for (let hour = 0; hour <= Number(now.slice(11, 13)); hour++) {
      if (hour === 3 || hour === 4) continue;
      const share = hour === Number(now.slice(11, 13)) ? Number(now.slice(14, 16)) / 60 : 1;
      const key = `${today}T${String(hour).padStart(2, '0')}:00`;
      rows.push({
        dimensions: { 'time:hour': key },
        metrics: metrics(Math.round(160 * daily(hour) * share), rand),
      });
    }
  } else if (range === '12mo') {
    for (let ago = 11; ago >= 0; ago--) {
      const start = new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1 - ago, 1));
      // The shop opened three months into the range.
      if (ago > 8) continue;
      const sessions = 24_000 + (8 - ago) * 1_900 * (0.8 + rand() * 0.4);
      const share = ago === 0 ? Number(today.slice(8)) / 30 : 1;
      const key = start.toISOString().slice(0, 10);
      rows.push({ dimensions: { 'time:month': key }, metrics: metrics(Math.round(sessions * share), rand) });
    }
  } else {
    const days = DAYS[range] ?? 7;
    for (let ago = days - 1; ago >= 0; ago--) {
      const date = shift(today, -ago);
      const weekend = [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()) ? 1.35 : 1;
      const growth = 1 - ago / 900;
      if (days > 20 && rand() < 0.02) continue;
      const sessions = 1150 * weekend * growth * (0.82 + rand() * 0.36) * (ago === 0 ? 0.56 : 1);
      rows.push({ dimensions: { 'time:day': date }, metrics: metrics(Math.round(sessions), rand) });
    }
  }
  const yearAgo = new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 12, 1));
  const from =
    range === 'day'
      ? today
      : range === '12mo'
        ? yearAgo.toISOString().slice(0, 10)
        : shift(today, 1 - (DAYS[range] ?? 7));
  const meta = {
    timezone: 'Europe/Berlin',
    from,
    to: today,
    sampled: false,
    cookieless_share: 0.62,
    warnings: range === 'day' ? [] : [COOKIELESS_NOTE],
  };
  return { rows, totals: totalsOf(rows), meta };
}

/** @param {number} limit @param {boolean} hostile */
export function pages(limit, hostile) {
  const rand = random(11);
  const names = hostile ? [...HOSTILE_PAGES, ...SHOP_PAGES] : [...SHOP_PAGES];
  for (let index = 0; index < 60; index++) names.push(`/products/item-${100 + index}`);
  const rows = names.map((page, index) => {
    const visitors = Math.round((4200 / (index + 1.4)) * (0.9 + rand() * 0.2));
    return {
      dimensions: { page },
      metrics: { visitors, page_views: Math.round(visitors * (1.1 + rand() * 0.9)) },
    };
  });
  rows.sort((a, b) => b.metrics.page_views - a.metrics.page_views);
  return { rows: rows.slice(0, limit), totals: {}, meta: { warnings: [] } };
}

const LINES = {
  sources: [
    'google',
    '',
    'instagram',
    'newsletter',
    'chatgpt',
    'bing',
    'a-very-long-name-of-a-source'.repeat(9),
  ],
  channels: [
    'Organic Search',
    'Direct',
    'Paid Search',
    'Organic Social',
    'Email',
    'AI Assistant',
    'Referral',
  ],
  campaigns: ['autumn', 'autumn', 'lookbook'],
  countries: ['DE', 'FR', 'GB', 'US', 'NL', '', 'XK'],
  devices: ['mobile', 'desktop', 'tablet', 'tv', ''],
};
const DIMENSION = {
  sources: 'source',
  channels: 'channel',
  campaigns: 'campaign',
  countries: 'country',
  devices: 'device_type',
  entry_pages: 'entry_page',
  exit_pages: 'exit_page',
};

/** The answer of another report. @param {string} name @param {number} limit @param {boolean} hostile */
export function ranking(name, limit, hostile) {
  const lines = LINES[name] ?? (hostile ? HOSTILE_PAGES : SHOP_PAGES);
  const rows = lines.slice(0, limit).map((line, index) => {
    const visitors = Math.round(4200 / (index + 1.4));
    return {
      dimensions: {
        [DIMENSION[name]]: line,
        ...(name === 'campaigns' && { source: LINES.sources[index * 2] }),
      },
      metrics: { visitors, sessions: Math.round(visitors * 1.2), bounce_rate: index % 2 ? 0.4 : null },
    };
  });
  return { rows, totals: {}, meta: { warnings: [] } };
}

export const NO_REPORT = {
  rows: [],
  totals: {
    visitors: 0,
    sessions: 0,
    page_views: 0,
    events: 0,
    views_per_session: null,
    bounce_rate: null,
    session_duration_s: null,
  },
  meta: { timezone: 'Europe/Berlin', sampled: false, warnings: [] },
};

/** @param {number} second @param {boolean} hostile */
export function presence(second, hostile) {
  const now = Math.round(38 + 9 * Math.sin(second / 6));
  const perMinute = Array.from({ length: 30 }, (_, minute) =>
    Math.max(0, Math.round(26 + 12 * Math.sin(minute / 3.1) + 6 * Math.sin(minute * 1.7))),
  );
  const names = hostile ? HOSTILE_PAGES : SHOP_PAGES;
  return {
    now,
    now_ema: now + 0.8,
    last_5_min: 74,
    last_30_min: 286,
    per_minute: perMinute,
    pages: names.slice(0, 10).map((page, index) => ({ page, visitors: Math.max(1, 12 - index * 2) })),
    countries: hostile
      ? [
          { country: '<img src=x onerror=alert(1)>', visitors: 9 },
          { country: 'XX', visitors: 3 },
        ]
      : ['DE', 'US', 'FR', 'AU', 'BR', 'SG', 'MT', 'JP', 'ZA', 'XK'].map((country, at) => ({
          country,
          visitors: Math.max(1, Math.round(19 / (at + 1) + Math.sin(second + at))),
        })),
    carts: { open: 4, value: '310.00' },
  };
}

export const NO_PRESENCE = {
  now: 0,
  now_ema: 0,
  last_5_min: 0,
  last_30_min: 0,
  per_minute: new Array(30).fill(0),
  pages: [],
  countries: [],
};

const EVENTS = [
  'page_view',
  'page_view',
  'view_item',
  'add_to_cart',
  'page_view',
  'begin_checkout',
  'purchase',
];

/** @param {number} index @param {number} at @param {boolean} hostile */
export function activity(index, at, hostile) {
  const names = hostile ? HOSTILE_PAGES : SHOP_PAGES;
  const name = hostile && index % 3 === 0 ? 'x'.repeat(64) : EVENTS[index % EVENTS.length];
  return {
    id: `0193f000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    name,
    page: names[index % names.length],
    at,
  };
}
