// The whole way, tab by tab as people use them, to the real server through a shop's own origin: every page view once, the
// time it was looked at to the second, how far down to two percent, and nothing after a refusal.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch } from '../src/browser.ts';
import { trackedPage } from '../src/collector.ts';
import type { Site } from '../src/events.ts';
import { eventsIn, startShop } from '../src/proxied_shop.ts';
import type { Shop } from '../src/proxied_shop.ts';
import { reportsOf } from '../src/reports.ts';
import type { Reports } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { newVisitor } from '../src/tabs.ts';
import type { Tab, Visitor } from '../src/tabs.ts';
import { waitFor } from '../src/wait.ts';

/** A document of so many viewports. */
const tall = (viewports: number): string => `<div id="content" style="height: ${viewports * 100}vh"></div>`;
const BODIES: Record<string, string> = {
  '/scroll': tall(4),
  '/grow': `${tall(1)}<script>setTimeout(() => { content.style.height = '500vh'; }, 1000);</script>`,
  '/shelf': `<a id="go" href="/shelf/item">item</a><script type="speculationrules">
    { "prerender": [{ "urls": ["/shelf/item", "/shelf/never"], "eagerness": "immediate" }] }</script>`,
};

let browser: Browser;
let server: Server;
let reports: Reports;
let shop: Shop;
const open: Visitor[] = [];

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('serve')]);
  const words = ['--domain', 'localhost', '--currency', 'EUR', '--timezone', 'Europe/Berlin'];
  const { key } = await server.command<Site>('site', 'add', ...words);
  reports = await reportsOf(server, 'localhost');
  await reports.settled();
  // Vitals are measured too: they must neither be page views nor time.
  shop = await startShop(server.url, (path) =>
    trackedPage(`Page ${path}`, {
      key,
      vitals: '',
      body: BODIES[path] ?? '<a id="next" href="/next">next</a>',
    }),
  );
});
after(async () => {
  for (const visitor of open) await visitor.leave();
  await browser.close();
  await shop.close();
  await server.stop();
});

async function come(): Promise<[Visitor, Tab]> {
  const visitor = await newVisitor(browser);
  open.push(visitor);
  return [visitor, await visitor.tab()];
}
const at = (path: string): string => shop.url + path;
const push = (tab: Tab, path: string): Promise<void> =>
  tab.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);
/** How often the shop's tracker has tried to send a page view of this path. */
const sentOf = (path: string): number =>
  shop.posted.filter(({ body }) => body.includes('"page_view"') && body.includes(`${at(path)}"`)).length;
const sent = (path: string): Promise<unknown> => waitFor(`a page view of ${path}`, () => sentOf(path) > 0);

/** The server's answer holds exactly so many views of each of these pages. */
async function expectViews(expected: Record<string, number>): Promise<void> {
  const total = Object.values(expected).reduce((sum, views) => sum + views);
  const counted = async (): Promise<Record<string, number>> => {
    const pages = await reports.pages();
    return Object.fromEntries(Object.keys(expected).map((path) => [path, pages[path]?.page_views ?? 0]));
  };
  await waitFor(
    `${total} page views`,
    async () => Object.values(await counted()).reduce((sum, views) => sum + views) >= total,
    30_000,
  ).catch(() => undefined);
  await reports.settled();
  assert.deepEqual(await counted(), expected);
}

/** The page was looked at for so long, and seen so far down. */
async function expectEngagement(path: string, seconds: number, scroll: number): Promise<void> {
  const told = async (): Promise<boolean> => ((await reports.engagement())[path]?.engaged_time_s ?? 0) > 0;
  await waitFor(`the time of ${path}`, told);
  await reports.settled();
  const said = (await reports.engagement())[path];
  assert.ok(
    said && Math.abs(said.engaged_time_s - seconds) <= 1,
    `${path}: ${JSON.stringify(said)}, ${seconds} s`,
  );
  assert.ok(Math.abs(said.scroll_pct - scroll) <= 2, `${path}: ${JSON.stringify(said)}, ${scroll} %`);
}

test('its scripts come compressed, once', async () => {
  for (const name of [
    'ut.js',
    'ut-choice.js',
    'ut-html.js',
    'ut-navigation.js',
    'ut-vitals.js',
    'ut-vitals-attribution.js',
  ]) {
    const headers = { 'accept-encoding': 'br' };
    const first = await fetch(at(`/ut/${name}`), { headers });
    assert.deepEqual([first.status, first.headers.get('content-encoding')], [200, 'br'], name);
    const etag = first.headers.get('etag') ?? '';
    await first.arrayBuffer();
    const again = await fetch(at(`/ut/${name}`), { headers: { ...headers, 'if-none-match': etag } });
    assert.equal(again.status, 304, name);
  }
});

test('reloading', async () => {
  const [, tab] = await come();
  await tab.goto(at('/reload'));
  await tab.reload();
  await tab.reload();
  await expectViews({ '/reload': 3 });
});

test('back and forward, out of the back/forward cache', async () => {
  const [, tab] = await come();
  await tab.goto(at('/back/one'));
  await tab.evaluate('window.kept = 1');
  await sleep(500);
  await tab.goto(at('/back/two'));
  await tab.evaluate('window.kept = 2');
  await sleep(500);
  for (const [step, mark] of [
    ['back', 1],
    ['forward', 2],
  ] as const) {
    await tab.evaluate(`void history.${step}()`);
    await waitFor(step, () => tab.evaluate<boolean>(`window.kept === ${mark}`).catch(() => false));
    await sleep(500);
  }
  await expectViews({ '/back/one': 2, '/back/two': 2 });
});

test('a page that was prepared counts when it is shown, one that is never shown does not', async () => {
  const [, tab] = await come();
  await tab.goto(at('/shelf'));
  const prepared = (path: string): boolean =>
    shop.asked.some((one) => one.path === path && one.purpose.includes('prerender'));
  await waitFor('both are prepared', () => prepared('/shelf/item') && prepared('/shelf/never'));
  await sleep(1_500);
  assert.equal(sentOf('/shelf/item'), 0);
  await tab.click('#go');
  await sent('/shelf/item');
  // It was not loaded anew.
  assert.equal(shop.asked.filter(({ path }) => path === '/shelf/item').length, 1);
  await sleep(500);
  await expectViews({ '/shelf': 1, '/shelf/item': 1, '/shelf/never': 0 });
});

test('time passes only in a tab in front', async () => {
  const [visitor, tab] = await come();
  await tab.goto(at('/looked'));
  await sleep(3_000);
  await visitor.lookAway();
  await sleep(3_000);
  await tab.show();
  await sleep(2_000);
  await visitor.lookAway();
  await expectViews({ '/looked': 1 });
  await expectEngagement('/looked', 5, 100);
});

test('a tab opened in the background counts, and its time from when it is looked at', async () => {
  const [visitor, tab] = await come();
  await visitor.lookAway();
  await tab.goto(at('/behind'));
  await sent('/behind');
  await sleep(2_000);
  await tab.show();
  await sleep(2_000);
  await visitor.lookAway();
  await expectViews({ '/behind': 1 });
  await expectEngagement('/behind', 2, 100);
});

test('pages of one document, each with its own time and depth', async () => {
  const [visitor, tab] = await come();
  await tab.goto(at('/scroll'));
  await tab.evaluate('scrollTo(0, innerHeight)');
  await sleep(2_000);
  // A router that renders at once: the next page already stands when the tracker looks again.
  await tab.evaluate(
    `history.pushState(null, '', '/scroll/next'); scrollTo(0, 0); content.style.height = '1000vh'`,
  );
  await sleep(3_000);
  await tab.evaluate('scrollTo(0, innerHeight * 4)');
  await sleep(500);
  await visitor.lookAway();
  await expectViews({ '/scroll': 1, '/scroll/next': 1 });
  const share = (await tab.evaluate<number>('innerHeight / document.documentElement.scrollHeight')) * 100;
  await expectEngagement('/scroll/next', 3.5, 5 * share);
  await expectEngagement('/scroll', 2, 48);
});

test('a document that grows after it has loaded was not seen to its end', async () => {
  const [visitor, tab] = await come();
  await tab.goto(at('/grow'));
  await sleep(2_500);
  await visitor.lookAway();
  const share = (await tab.evaluate<number>('innerHeight / document.documentElement.scrollHeight')) * 100;
  assert.ok(share < 30);
  await expectEngagement('/grow', 2.5, share);
});

test('a minute without a network', { timeout: 120_000 }, async () => {
  const [, tab] = await come();
  await tab.goto(at('/away'));
  await sent('/away');
  const network = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  await tab.send('Network.enable');
  await tab.send('Network.emulateNetworkConditions', { ...network, offline: true });
  for (const page of ['one', 'two', 'three']) {
    await push(tab, `/away/${page}`);
    await sleep(20_000);
  }
  assert.equal(sentOf('/away/one'), 0);
  await tab.send('Network.emulateNetworkConditions', { ...network, offline: false });
  await expectViews({ '/away': 1, '/away/one': 1, '/away/two': 1, '/away/three': 1 });
  await expectEngagement('/away/one', 20, 100);
});

test('a slow network, and pages left before it has answered', async () => {
  const [, tab] = await come();
  await tab.send('Network.enable');
  const slow = { offline: false, latency: 1_500, downloadThroughput: 20_000, uploadThroughput: 20_000 };
  await tab.send('Network.emulateNetworkConditions', slow);
  for (const page of ['one', 'two', 'three']) await tab.goto(at(`/slow/${page}`));
  await sleep(300);
  await tab.goto('about:blank');
  await expectViews({ '/slow/one': 1, '/slow/two': 1, '/slow/three': 1 });
});

test('a tab closed while it sends', async () => {
  const [visitor, tab] = await come();
  await tab.send('Network.enable');
  await tab.goto(at('/closing'));
  await sent('/closing');
  const slow = { offline: false, latency: 1_000, downloadThroughput: -1, uploadThroughput: -1 };
  await tab.send('Network.emulateNetworkConditions', slow);
  await push(tab, '/closing/sent');
  await sleep(400);
  await push(tab, '/closing/waiting');
  await sleep(50);
  await tab.close();
  await visitor.tab();
  await expectViews({ '/closing': 1, '/closing/sent': 1, '/closing/waiting': 1 });
});

test('nothing is sent after opting out, in any tab', async () => {
  const [visitor, tab] = await come();
  const other = await visitor.tab();
  await tab.goto(at('/out'));
  await other.goto(at('/out/other'));
  await Promise.all([sent('/out'), sent('/out/other')]);
  await sleep(1_000);
  await tab.evaluate('window.ut.optOut()');
  // Tabs of other visitors are still open.
  const posted = (): unknown[] => shop.posted.filter(({ body }) => body.includes(at('/out')));
  const before_ = posted().length;
  for (const one of [tab, other]) {
    await one.show();
    await one.evaluate(`window.ut('custom')`);
    await push(one, '/out/more');
  }
  await sleep(1_000);
  await tab.reload();
  await sleep(1_500);
  await visitor.lookAway();
  await sleep(500);
  assert.equal(posted().length, before_);
  await expectViews({ '/out': 1, '/out/other': 1, '/out/more': 0 });
});

/** Samples and 75th percentile by metric and path. */
type Vitals = Record<string, [samples: number, p75: number]>;

/** Twelve digits of a number: the last of seventeen may be lost on its way through decimal texts. */
const digits = (value = NaN): number => Number(value.toPrecision(12));

/** As they follow from what was posted: of every instance the greatest value, of those the least that three quarters do not exceed. */
function measured(): Vitals {
  const events = eventsIn(shop.posted).filter(({ name }) => name === 'web_vital');
  const instances = new Map<string, Map<string, number>>();
  for (const { metric = '', metric_id: id = '', url, value } of events) {
    const place = `${metric.toLowerCase()} ${new URL(url).pathname}`;
    const values = instances.get(place) ?? new Map<string, number>();
    instances.set(place, values.set(id, Math.max(values.get(id) ?? 0, Number(value))));
  }
  return Object.fromEntries(
    [...instances].map(([place, values]) => {
      const sorted = [...values.values()].sort((one, other) => one - other);
      return [place, [sorted.length, digits(sorted[Math.ceil(sorted.length * 0.75) - 1])]];
    }),
  );
}

async function reported(): Promise<Vitals> {
  const said: Vitals = {};
  for (const name of ['lcp', 'inp', 'cls', 'fcp', 'ttfb']) {
    const pages = await reports.byPage([`samples_${name}`, `p75_${name}`]);
    for (const [path, metrics] of Object.entries(pages)) {
      const samples = metrics[`samples_${name}`] ?? 0;
      if (samples > 0) said[`${name} ${path}`] = [samples, digits(metrics[`p75_${name}`])];
    }
  }
  return said;
}

test('the web vitals of every page are reported as they were measured', async () => {
  await reports.settled();
  const expected = measured();
  // A page that is left before it has come to rest has measured nothing.
  assert.ok(expected['lcp /looked'] && Object.keys(expected).length >= 20, JSON.stringify(expected));
  assert.deepEqual(await reported(), expected);
});

test('the server has dropped and doubled nothing, and knows of no other page', async () => {
  const { received, stored, deduplicated, dropped } = await reports.settled();
  assert.equal(dropped, 0);
  assert.equal(received, stored + deduplicated);
  const { totals } = await reports.overview();
  const pages = Object.values(await reports.pages());
  assert.equal(
    pages.reduce((sum, page) => sum + page.page_views, 0),
    totals['page_views'],
  );
});
