// The whole path with real browsers: visitors walk the demo shop, and what the server and its dashboard say of them is
// what they did.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { figures, onlineNow, topPages } from '../src/dashboard.ts';
import { openStream } from '../src/presence.ts';
import type { Stream } from '../src/presence.ts';
import { eventsIn, startShop } from '../src/proxied_shop.ts';
import type { Shop } from '../src/proxied_shop.ts';
import { reportsOf } from '../src/reports.ts';
import type { Reports } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { walkShop } from '../src/shop.ts';
import { waitFor } from '../src/wait.ts';

const SITE = 'localhost';
const WALK = [
  '/demo/',
  '/demo/cart',
  '/demo/checkout',
  '/demo/p/ember-lamp',
  '/demo/p/ember-lamp/care',
  '/demo/thank-you',
];
/** What the shop says of one walk through it. */
const SAID = {
  view_item_list: 2,
  select_item: 1,
  view_item: 1,
  add_to_cart: 1,
  view_cart: 1,
  begin_checkout: 1,
  add_shipping_info: 1,
  add_payment_info: 1,
  purchase: 1,
};
/** Three people: nobody here has a cookie, so a browser of another version is another visitor. */
const AGENTS = [140, 141, 142].map(
  (version) =>
    `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`,
);
/** How soon the counter must be right once a tab is open. */
const COUNTER_LIMIT_MS = 2_000;
/** How soon it must be back once the last tab is closed; a visitor is present for 45 s after the last sign. */
const GONE_LIMIT_MS = 60_000;

let browsers: Browser[];
let server: Server;
/** The server again, with a record of what visitors' browsers told it. */
let shop: Shop;
let reports: Reports;
let stream: Stream;
let dashboard: Visit;

before(async () => {
  [browsers, server] = await Promise.all([
    Promise.all(AGENTS.map((agent) => launch(agent))),
    startServer('demo'),
  ]);
  shop = await startShop(server.url, () => null);
  reports = await reportsOf(server, SITE);
  await reports.settled();
  stream = await openStream(server, reports.token, SITE);
  dashboard = await enter(0, { viewport: { width: 1440, height: 900 } });
});
after(async () => {
  stream.close();
  await Promise.all(browsers.map((browser) => browser.close()));
  await shop.close();
  await server.stop();
});

/** A page of its own in the browser of one of the three. */
function enter(person: number, options: BrowserContextOptions = {}): Promise<Visit> {
  const browser = browsers[person];
  assert.ok(browser);
  return newPage(browser, options);
}

/** Counter and stream say so many, in time. */
async function online(count: number, limitMs = COUNTER_LIMIT_MS): Promise<void> {
  await Promise.all([
    waitFor(`${count} in the stream`, () => stream.latest()?.now === count, limitMs),
    waitFor(`${count} on the dashboard`, async () => (await onlineNow(dashboard.page)) === count, limitMs),
  ]);
}

/** How many web vitals the reports know, by metric. */
async function samplesOfVitals(): Promise<Record<string, number>> {
  const names = ['lcp', 'inp', 'cls', 'fcp', 'ttfb'];
  const pages = Object.values(await reports.byPage(names.map((name) => `samples_${name}`)));
  const samples = names.map((name): [string, number] => [
    name,
    pages.reduce((sum, metrics) => sum + (metrics[`samples_${name}`] ?? 0), 0),
  ]);
  return Object.fromEntries(samples.filter(([, count]) => count > 0));
}

/** How many there are of each kind. */
function counted(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Of those with the same key the last. */
const once = <T>(items: readonly T[], key: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
];

/** Of what the browsers told, each event once; a web vital that was told again with another value is one more. */
async function everyEventIsStoredOnce(): Promise<void> {
  // Tabs that are open go on telling: looked at between two of their messages.
  const { sent, balance, happened, samples } = await waitFor(
    'everything the browsers told has its place',
    async () => {
      const posted = shop.posted.length;
      const found = {
        balance: await reports.settled(),
        happened: await reports.events(),
        samples: await samplesOfVitals(),
        sent: eventsIn(shop.posted),
      };
      const still = shop.posted.length === posted && found.balance.received === found.sent.length;
      return still ? found : null;
    },
    30_000,
  );
  const events = once(sent, ({ id }) => id);
  const vitals = events.filter(({ name }) => name === 'web_vital');
  const instances = once(vitals, ({ metric = '', metric_id: id = '' }) => `${metric} ${id}`);
  const others = events.filter(({ name }) => name !== 'web_vital').map(({ name }) => name);
  const sum = Object.values(happened).reduce((all, count) => all + count, 0);
  const { stored, deduplicated, dropped } = balance;
  assert.deepEqual(happened, counted(others));
  assert.deepEqual(
    { vitals: stored - sum, twice: deduplicated, dropped },
    { vitals: vitals.length, twice: sent.length - events.length, dropped: 0 },
  );
  assert.deepEqual(samples, counted(instances.map(({ metric = '' }) => metric.toLowerCase())));
  console.log(
    `${JSON.stringify(counted(events.map(({ name }) => name)))}, ${instances.length} vitals measured`,
  );
}

/** The reports say exactly this of so many visitors, each of whom came once and saw each page `views` times. */
async function expectReports(visitors: number, views: number): Promise<void> {
  await waitFor(
    `${views * WALK.length} page views in the report`,
    async () => (await reports.overview()).totals['page_views'] === views * WALK.length,
  );
  await everyEventIsStoredOnce();
  const { totals } = await reports.overview();
  assert.deepEqual(
    [totals['visitors'], totals['sessions'], totals['page_views']],
    [visitors, visitors, views * WALK.length],
  );
  assert.deepEqual(
    await reports.pages(),
    Object.fromEntries(WALK.map((page) => [page, { page_views: views, visitors }])),
  );
}

test('the one-time link opens the dashboard, once', async () => {
  await dashboard.page.goto(server.dashboard);
  await dashboard.page.waitForURL(`${server.url}/`);
  assert.match(server.dashboard, /\/setup#.{20,}$/);
  await online(0);

  const second = await enter(1);
  await second.page.goto(server.dashboard);
  await second.page.getByRole('heading', { name: 'The link does not open' }).waitFor();
  const said = await second.page.getByRole('alert').innerText();
  assert.match(said, /works once.*start the demo again for a new link/is);
  assert.equal(await second.page.evaluate(() => location.hash), '', 'the token does not stay in the address');
  assert.deepEqual(second.errors, ['403 /setup']);
  await second.close();
});

describe('visitors of the shop', { concurrency: false }, () => {
  const open: Visit[] = [];
  const come = async (person: number): Promise<Visit> => {
    const visit = await enter(person);
    open.push(visit);
    return visit;
  };

  test('two visitors, six pages each: counted as they come, and reported to the page', async () => {
    const [one, two] = [await come(0), await come(1)];
    let second: Promise<void> | undefined;
    await walkShop(one.page, shop.url, async (name) => {
      if (name === 'list') await online(1);
      if (name === 'product') {
        second = walkShop(two.page, shop.url, async (page) => {
          if (page === 'list') await online(2);
        });
      }
    });
    await second;
    await expectReports(2, 2);
  });

  test('two tabs of one browser are one visitor', async () => {
    const { page, context } = await come(2);
    await walkShop(page, shop.url, async (name) => {
      if (name === 'list') await online(3);
    });
    const tab = await context.newPage();
    const beat = tab.waitForResponse((response) => response.url().endsWith('/ut/p'));
    await walkShop(tab, shop.url, () => Promise.resolve());
    assert.equal((await beat).status(), 204);
    const seen = stream.count();
    await waitFor('a picture made after the second tab came', () => stream.count() >= seen + 2);
    await online(3);
    // Each of the first two saw each page once, the third twice.
    await expectReports(3, 4);
  });

  test('what the shop said on its data layer, which knows nothing of the tracker, is stored', async () => {
    const happened = await reports.events();
    const said = Object.keys(SAID).map((name) => [name, happened[name]]);
    // Four visits in all.
    assert.deepEqual(
      Object.fromEntries(said),
      Object.fromEntries(Object.entries(SAID).map(([name, count]) => [name, 4 * count])),
    );
  });

  test('the dashboard says the same', async () => {
    const { page } = dashboard;
    await waitFor('the figures on the dashboard', async () => (await figures(page))['Page views'] === '24');
    const { Visitors, Sessions, 'Page views': views, 'Bounce rate': bounces } = await figures(page);
    assert.deepEqual([Visitors, Sessions, views, bounces], ['3', '3', '24', '0%']);
    await waitFor('the top pages', async () => (await topPages(page))[0]?.[2] === '4');
    assert.deepEqual(
      await topPages(page),
      WALK.map((path) => [path, '3', '4']),
    );
    const looked = page.getByRole('region', { name: 'Live' }).getByRole('listitem');
    assert.match((await looked.allInnerTexts()).join('\n'), /\/demo\/thank-you\s+3\s+visitors/);
  });

  test('they are gone within a minute of leaving', { timeout: GONE_LIMIT_MS + 20_000 }, async () => {
    assert.deepEqual(
      open.flatMap((visit) => visit.errors),
      [],
    );
    await Promise.all(open.map((visit) => visit.close()));
    await online(0, GONE_LIMIT_MS);
    await expectReports(3, 4);
  });
});

test('for how long a page was looked at, and how far down, is in the report', async () => {
  const visit = await enter(0);
  const { page } = visit;
  await page.goto(`${shop.url}/demo/p/dune-vase`);
  await page.evaluate(() => {
    scrollTo(0, document.documentElement.scrollHeight);
  });
  await page.waitForTimeout(2_000);
  await page.goto('about:blank');
  const looked = await waitFor('the time on the page', async () => {
    const said = (await reports.engagement())['/demo/p/dune-vase'];
    return said?.engaged_time_s ? said : null;
  });
  assert.ok(looked.engaged_time_s >= 2 && looked.engaged_time_s < 30, JSON.stringify(looked));
  assert.equal(looked.scroll_pct, 100);
  await visit.close();
  await everyEventIsStoredOnce();
});

test('the dashboard raised no error and broke no rule of its policy', () => {
  assert.deepEqual(dashboard.errors, []);
});
