// Names must not collide by accident with what the common block lists block everywhere. The patterns are those of
// EasyList, EasyPrivacy (July 2026) and EasyList Cookie that match by name alone; each is proven by an address that it must catch.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const PATTERNS: [pattern: RegExp, caught: string][] = [
  [/\/(umami|plausible|matomo|piwik|gtag|gtm|beacon|snowplow|fbevents)\.js/, '/js/plausible.js'],
  [/\/web-vitals\.iife\.js/, '/web-vitals.iife.js'],
  [/\/fingerprint[^/]*\.js/, '/lib/fingerprint3.min.js'],
  [/\/posthog-recorder\.js/, '/posthog-recorder.js'],
  [/\/script\.outbound-links\.js/, '/js/script.outbound-links.js'],
  [/\/analytics-event\.js/, '/analytics-event.js'],
  [/\/analytics\/tracker\.js/, '/analytics/tracker.js'],
  [/\/g\/collect\?v=/, '/g/collect?v=2'],
  [/\/collect\?(v|d|r|k|data|event)=/, '/api/collect?data=x'],
  [/\/com\.snowplowanalytics\.snowplow\//, '/com.snowplowanalytics.snowplow/tp2'],
  [/\/matomo\.php/, '/matomo.php'],
  [/\/analytics\/(event|collect\?|track_event\/|capture\/|metric\/)/, '/analytics/event'],
  [/\/beacon\/(event\?|metrics|track\/)/, '/beacon/metrics'],
  [/\/api\/v1\/metrics/, '/api/v1/metrics'],
  [/\/api\/metrics\/event/, '/api/metrics/event'],
  [/\/api\/pageview\?/, '/api/pageview?x'],
  [/\/api\/track\?guid/, '/api/track?guid=1'],
  [/\/api\/stat\?/, '/api/stat?x=1'],
  [/\/api\/0\/stats/, '/api/0/stats'],
  [/\/api\/events$/, '/api/events'],
  [/\/api\/collect$/, '/api/collect'],
  [/\/hit$/, '/hit'],
  [/\/cdn-cgi\/zaraz\/t/, '/cdn-cgi/zaraz/t'],
  [/\/_vercel\/insights\/script\.js/, '/_vercel/insights/script.js'],
  [/[?&]v=2&tid=G-/, '/x?v=2&tid=G-1'],
  [/[?&]event_name=(page_view|view_item_list)&/, '/x?a=1&event_name=page_view&b=2'],
  [/\/(consent\.min\.js\?|consent-(banner|tracking)-|consent[-_/]manage)/, '/js/consent-manager.js'],
  [/\/(cookie-?choices|privacychoices|privacy-(manager|modal|banner))\./, '/cookie-choices.js'],
  [/[-/](cmp-banner|cmp-init|tcf2|gdpr|didomi)\./, '/cmp-init.js'],
  [/^https?:\/\/(matomo|piwik|fathom|posthog|ssgtm)\./, 'https://matomo.shop.example/'],
];

const REPORTS =
  'overview pages entry_pages exit_pages sources channels campaigns countries devices products product_lists funnel carts orders attribution paths retention performance live deliveries reconciliation data_quality';

/** Every route there is, parameters filled in. */
const described = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../contract/openapi.json'), 'utf8'),
) as { paths: Record<string, unknown> };

/** What is answered, and what the contract names besides. */
const ROUTES = [
  ...Object.keys(described.paths).map((route) => route.replace(/\{\w+\}/g, '1')),
  '/ut/ut.js',
  '/ut/ut-choice.js',
  '/ut/ut-html.js',
  '/ut/ut-navigation.js',
  '/ut/ut-vitals.js',
  '/ut/ut-vitals-attribution.js',
  '/ut/e',
  '/ut/p',
  '/ut/j',
  '/ut/i',
  '/ut/consent',
  '/ut/opt-out',
  '/ut/privacy',
  '/ut/ignore',
  ...['events', 'page', 'ecommerce', 'performance', 'identify', 'consent', 'presence', 'join'].map(
    (name) => `/collect/${name}`,
  ),
  '/',
  '/setup',
  '/login',
  '/realtime',
  '/performance',
  '/privacy',
  '/settings',
  '/logout',
  '/health',
  '/ready',
  '/api/docs',
  '/api/v1/q',
  '/api/v1/live/ticket',
  '/presence/stream?site=shop.example',
  '/api/v1/export/events?site=shop.example&format=ndjson&from=2026-11-01&to=2026-11-22',
  ...REPORTS.split(' ').map((name) => `/api/v1/report/${name}?site=shop.example&date_range=7d`),
  ...'sites users tokens consents privacy destinations integrations outbox share about'
    .split(' ')
    .map((name) => `/api/v1/${name}`),
  '/api/v1/privacy/retention?site=1',
];

/** Every file that is served, by the address it is served under. */
function builtFiles(): string[] {
  const root = path.resolve(import.meta.dirname, '../..');
  const served: [folder: string, address: string][] = [
    ['tracker/dist', '/ut/'],
    ['demo-shop/dist', '/demo/'],
    ['dashboard/dist', '/'],
  ];
  return served.flatMap(([folder, address]) => {
    const at = path.join(root, folder);
    if (!existsSync(at)) return [];
    const files = readdirSync(at, { recursive: true, encoding: 'utf8' });
    return files.filter((file) => !/\.(br|gz)$/.test(file)).map((file) => address + file);
  });
}

const hit = (address: string): RegExp | undefined =>
  PATTERNS.find(([pattern]) => pattern.test(address) || pattern.test(`https://shop.example${address}`))?.[0];

for (const [pattern, caught] of PATTERNS) {
  test(`the pattern ${pattern.source} catches ${caught}`, () => {
    assert.match(caught, pattern);
  });
}

test('no route of the tracker, the API or the dashboard is caught', () => {
  for (const route of ['/ut/e', '/presence/stream', '/api/v1/q']) assert.ok(route in described.paths, route);
  for (const route of ROUTES) assert.equal(hit(route), undefined, route);
});

test('no built file is caught', () => {
  const files = builtFiles();
  assert.ok(
    files.includes('/ut/ut.js') &&
      files.includes('/ut/ut-vitals.js') &&
      files.includes('/demo/assets/shop.js'),
    'build first',
  );
  for (const file of files) assert.equal(hit(file), undefined, file);
});
