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
    engaged_time_s: sessions ? 48 + rand() * 9 : null,
    session_duration_s: sessions ? 140 + rand() * 45 : null,
  };
}

/** @param {string} date @param {number} days */
function shift(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const COOKIELESS_NOTE = 'Cookieless visitors live one day: someone who comes on two days counts twice.';
const ESTIMATE_NOTE = 'In so long a time numbers of visitors above 4,000 are estimated, within about 1 %.';
const DAYS = { day: 1, '7d': 7, '30d': 30, '90d': 90 };
/** The shop opened so many days ago. */
const AGE = 260;

/** @param {any} range @param {string} today @returns {[string, string]} */
function datesOf(range, today) {
  if (Array.isArray(range)) return [range[0], range[1]];
  if (range === 'all') return [shift(today, -AGE), today];
  if (range !== '12mo') return [shift(today, 1 - (DAYS[range] ?? 7)), today];
  const month = Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 12, 1);
  return [new Date(month).toISOString().slice(0, 10), today];
}

/** Sessions of a day. @param {string} date @param {string} now */
function sessionsOn(date, now) {
  const today = now.slice(0, 10);
  if (date > today || date < shift(today, -AGE)) return 0;
  const rand = random(Date.parse(date) / 86_400_000);
  const weekend = [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()) ? 1.35 : 1;
  const growth = 0.7 + (Date.parse(date) - Date.parse(shift(today, -AGE))) / 86_400_000 / 900;
  return 1150 * weekend * growth * (0.82 + rand() * 0.36) * (date === today ? 0.56 : 1);
}

/** @param {string} unit @param {string} date */
const keyOf = (unit, date) =>
  unit === 'month'
    ? `${date.slice(0, 7)}-01`
    : unit === 'week'
      ? shift(date, -((new Date(date).getUTCDay() + 6) % 7))
      : date;

/**
 * Sessions by stretch of time that has begun.
 * @param {string} unit @param {[string, string]} dates @param {string} now local wall-clock time, `2026-11-22T14:05`
 */
function buckets(unit, [from, to], now) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (let date = from; date <= to && date <= now.slice(0, 10); date = shift(date, 1)) {
    const day = sessionsOn(date, now);
    if (unit !== 'hour') {
      found.set(keyOf(unit, date), (found.get(keyOf(unit, date)) ?? 0) + day);
      continue;
    }
    for (let hour = 0; hour < 24; hour++) {
      const key = `${date}T${String(hour).padStart(2, '0')}:00`;
      if (key.slice(0, 13) <= now.slice(0, 13)) found.set(key, (day * daily(hour)) / 14);
    }
  }
  return found;
}

/** @param {Map<string, number>} of @param {number} share */
function totalsOf(of, share) {
  const sessions = [...of.values()].reduce((sum, value) => sum + value, 0) * share;
  return { ...metrics(Math.round(sessions), random(7)), visitors: Math.round(sessions * 0.7) };
}

/** Metrics that nothing has. */
const NONE = metrics(0, random(1));

/** @param {any} query @param {string} now @param {[string, string]} dates @param {number} share */
function series(query, now, dates, share) {
  const unit = query.dimensions[0]?.slice('time:'.length) ?? 'day';
  const of = buckets(unit, dates, now);
  const length = Math.round((Date.parse(dates[1]) - Date.parse(dates[0])) / 86_400_000) + 1;
  /** @type {[string, string]} */
  const earlier = [shift(dates[0], -length), shift(dates[1], -length)];
  const before = [...buckets(unit, earlier, now)];
  const rand = random(dates[0].length + length);
  const compared = query.compare === 'previous';
  const rows = [...of].map(([key, sessions], place) => ({
    dimensions: { [`time:${unit}`]: key },
    metrics: sessions === 0 ? NONE : metrics(Math.round(sessions * share), rand),
    ...(query.compare && {
      compare: compared ? metrics(Math.round((before[place]?.[1] ?? 0) * share), rand) : NONE,
    }),
  }));
  const totals = totalsOf(of, share);
  // Today so far stands beside the same hours.
  const today = length === 1 && dates[0] === now.slice(0, 10);
  const sameHours = before.filter(([key]) => !today || key.slice(10, 13) <= now.slice(10, 13));
  const compare = compared ? totalsOf(new Map(sameHours), share) : NONE;
  return {
    rows: query.dimensions.length === 0 ? [] : rows,
    totals: { ...totals, ...(query.compare && { compare }) },
    earlier,
  };
}

const LINES = {
  source: [
    'google',
    '(direct)',
    'instagram',
    'newsletter',
    'chatgpt',
    'bing',
    'a-very-long-name-of-a-source'.repeat(9),
  ],
  channel: ['Organic Search', 'Direct', 'Paid Search', 'Organic Social', 'Email', 'AI Assistant', 'Referral'],
  campaign: ['autumn', 'lookbook', 'back-in-stock'],
  country: ['DE', 'FR', 'GB', 'US', 'NL', '', 'XK', 'AT', 'CH'],
  city: ['Berlin', 'Paris', 'London', ''],
  language: ['de-DE', 'en-GB', 'fr-FR', 'nl'],
  device_type: ['mobile', 'desktop', 'tablet', 'tv', ''],
  browser: ['Safari', 'Chrome', 'Firefox', 'Edge', 'Samsung Internet'],
  os: ['iOS', 'Android', 'Windows', 'macOS', 'Linux'],
};

/** @param {any} query @param {boolean} hostile @param {number} share */
function ranking(query, hostile, share) {
  const [dimension] = query.dimensions;
  const paths = hostile ? [...HOSTILE_PAGES, ...SHOP_PAGES] : [...SHOP_PAGES];
  for (let index = 0; index < 60; index++) paths.push(`/products/item-${100 + index}`);
  const names = LINES[dimension] ?? (dimension.endsWith('page') ? paths : ['one', 'two']);
  const rand = random(11);
  const rows = names.map((name, index) => {
    const visitors = Math.round((4200 / (index + 1.4)) * share);
    const sessions = Math.round(visitors * 1.2);
    const of = {
      ...metrics(sessions, rand),
      visitors,
      page_views: Math.round(visitors * (1.6 - index / 300)),
    };
    const before = { ...of, visitors: Math.round(visitors * (0.7 + rand() * 0.5)) };
    if (query.compare) before.page_views = Math.round(before.visitors * 1.4);
    const compare = query.compare === 'year' || index === 6 ? NONE : before;
    return { dimensions: { [dimension]: name }, metrics: of, ...(query.compare && { compare }) };
  });
  const [[by, direction]] = query.order_by ?? [[query.metrics[0], 'desc']];
  const sign = direction === 'asc' ? 1 : -1;
  const value = (row) => row.metrics[by] ?? row.dimensions[by];
  return rows.sort((a, b) => sign * (value(a) > value(b) ? 1 : value(a) < value(b) ? -1 : 0));
}

/** The conditions of a query. @param {any} query */
function conditionsOf({ filters }) {
  if (!filters) return [];
  return filters[0] === 'and' ? filters.slice(1) : [filters];
}

/** Does a ranking's line fit what is said of its own dimension? @param {any} row @param {any} query */
function fits(row, query) {
  return conditionsOf(query).every(([operator, dimension, values]) => {
    const value = row.dimensions[dimension];
    if (value === undefined) return true;
    const found = values.some((wanted) => {
      if (operator.startsWith('is')) return value === wanted;
      if (operator.startsWith('contains')) return value.includes(wanted);
      const plain = wanted.replace(/^\(\?i\)/, '').replace(/\\x\{(\w+)\}/g, (_, code) => `\\u{${code}}`);
      return new RegExp(plain, 'iu').test(value);
    });
    return found !== operator.endsWith('_not');
  });
}

/** What is said of a period. @param {string} from @param {string} to */
function notes(from, to) {
  if (from === to) return [];
  return shift(from, 7) < to ? [ESTIMATE_NOTE, COOKIELESS_NOTE] : [COOKIELESS_NOTE];
}

/**
 * The answer to one question of `/api/v1/q`. Filters that are not the card's own make everything smaller.
 * @param {any} query @param {string} now @param {boolean} hostile
 */
export function answer(query, now, hostile) {
  const dates = datesOf(query.date_range, now.slice(0, 10));
  const conditions = conditionsOf(query).filter(
    ([operator, , values]) => operator !== 'is_not' || values[0] !== '',
  );
  const share = 0.4 ** conditions.length;
  const { rows, totals, earlier } = series(query, now, dates, share);
  const isRanking = query.dimensions.length > 0 && !query.dimensions[0].startsWith('time:');
  const lines = isRanking ? ranking(query, hostile, share).filter((row) => fits(row, query)) : rows;
  const [from, to] = dates;
  const until = from === to && to === now.slice(0, 10) ? { until: `${earlier[0]}${now.slice(10, 16)}` } : {};
  const meta = {
    timezone: 'Europe/Berlin',
    from,
    to,
    ...(query.compare && { compare: { from: earlier[0], to: earlier[1], ...until } }),
    sampled: false,
    cookieless_share: 0.62,
    warnings: notes(from, to),
  };
  const first = query.offset ?? 0;
  return {
    rows: lines.slice(first, first + (query.limit ?? 1000)),
    totals: query.totals === false ? {} : totals,
    meta,
  };
}

/** The answer where nothing happened. @param {any} query @param {string} now */
export function nothing(query, now) {
  const [from, to] = datesOf(query.date_range, now.slice(0, 10));
  const meta = { timezone: 'Europe/Berlin', from, to, sampled: false, warnings: [] };
  return { rows: [], totals: NONE, meta };
}

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
