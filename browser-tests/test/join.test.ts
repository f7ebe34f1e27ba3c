// Join tokens: what a page gets is what the shop's own server needs to speak for its visitor, and nobody waits for one.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import { SITE_KEY, trackedPage } from '../src/collector.ts';
import type { Site } from '../src/events.ts';
import { startShop } from '../src/proxied_shop.ts';
import type { Shop } from '../src/proxied_shop.ts';
import { reportsOf } from '../src/reports.ts';
import type { Reports } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { collector, everyTestOnItsOwnPage, open, page, settle, stopClock } from '../src/tracked_page.ts';
import { waitFor } from '../src/wait.ts';
import type {} from '../../tracker/src/api.ts';

describe('at the real server', () => {
  let browser: Browser;
  let server: Server;
  let site: Site;
  let shop: Shop;
  let reports: Reports;
  before(async () => {
    [browser, server] = await Promise.all([launch(), startServer('serve')]);
    const words = ['--domain', 'localhost', '--currency', 'EUR', '--timezone', 'Europe/Berlin'];
    site = await server.command<Site>('site', 'add', ...words);
    reports = await reportsOf(server, 'localhost');
    await reports.settled();
    shop = await startShop(server.url, (path) => trackedPage(`Page ${path}`, { key: site.key }));
  });
  after(async () => {
    await browser.close();
    await shop.close();
    await server.stop();
  });

  /** A purchase as the shop's own server tells of it; the status of the answer. */
  async function buy(order: string, context: object): Promise<number> {
    const event = { id: randomUUID(), name: 'purchase', ts: Date.now(), value: '59.90', currency: 'EUR' };
    const body = JSON.stringify({
      site: site.key,
      consent: { analytics: false },
      context,
      events: [{ ...event, transaction_id: order }],
    });
    const time = Math.floor(Date.now() / 1_000);
    const signature = createHmac('sha256', site.secret).update(`${time}.${body}`).digest('hex');
    const headers = { 'x-ut-signature': `t=${time},v1=${signature}`, 'user-agent': "the shop's server" };
    return (await fetch(`${server.url}/collect/events`, { method: 'POST', headers, body })).status;
  }

  async function numbers(): Promise<Record<string, number> | undefined> {
    await reports.settled();
    const queries = [{ metrics: ['visitors', 'sessions', 'page_views', 'events'], date_range: 'day' }];
    const response = await fetch(`${server.url}/api/v1/q`, {
      method: 'POST',
      headers: { authorization: `Bearer ${reports.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ site: 'localhost', queries }),
    });
    const { results } = (await response.json()) as { results: { totals: Record<string, number> }[] };
    return results[0]?.totals;
  }

  test('the purchase of the shop’s server is of the visit of the page', async () => {
    const visit = await newPage(browser);
    try {
      await visit.page.goto(`${shop.url}/cart`);
      const token = await visit.page.evaluate(() => window.ut?.joinToken?.());
      assert.match(token ?? '', /^[\w-]{126}$/);
      await waitFor('the page view', () => shop.posted.some(({ path }) => path === '/ut/e'));
      assert.equal(await buy('1001', { join_token: token }), 202);
      // Tab and token live on when another page is opened.
      await visit.page.goto(`${shop.url}/thanks`);
      await waitFor('the other', () => shop.posted.filter(({ path }) => path === '/ut/e').length > 1);
      assert.equal(await buy('1002', { join_token: token }), 202);
      const { page_views, events, ...people } = (await numbers()) ?? {};
      assert.deepEqual(people, { visitors: 1, sessions: 1 });
      assert.equal(page_views, 2);
      assert.deepEqual((await reports.events())['purchase'], 2);
      assert.ok((events ?? 0) >= 4, String(events));
      assert.equal(await buy('1003', { join_token: `${token?.slice(0, -1)}-` }), 400, 'a changed one');
      assert.deepEqual(visit.errors, []);
    } finally {
      await visit.close();
    }
  });

  test('who opted out has none, and nothing is asked', async () => {
    const visit = await newPage(browser);
    try {
      await visit.page.goto(`${shop.url}/cart`);
      const asked = (): number => shop.posted.filter(({ path }) => path === '/ut/j').length;
      const earlier = asked();
      const token = await visit.page.evaluate(() => {
        window.ut?.optOut?.();
        return window.ut?.joinToken?.();
      });
      assert.equal(token, null);
      assert.equal(asked(), earlier);
    } finally {
      await visit.close();
    }
  });
});

describe('where there is none to be had', () => {
  everyTestOnItsOwnPage();
  /** Under a clock that stands, nothing but an answer ends it. */
  const ask = (): Promise<unknown> => page.evaluate(() => window.ut?.joinToken?.());
  const asked = (): unknown => collector.requests.findLast(({ url }) => url === '/ut/j')?.body;

  test('an error, a cut connection and no JSON are none, at once', async () => {
    await stopClock();
    await open('/a');
    for (const answer of [
      { status: 503, body: '{"type":"unavailable","title":"Not taken"}' },
      { status: 404, body: 'nothing here' },
      { status: 429, body: '{}' },
      { status: 0 },
    ]) {
      collector.answerWith(() => answer);
      assert.equal(await ask(), null, JSON.stringify(answer));
    }
    collector.answerWith(() => ({ status: 200, body: '{"token":"abc"}' }));
    assert.equal(await ask(), 'abc');
    assert.deepEqual(asked(), { site: SITE_KEY });
  });

  test('silence is none, after three seconds', async () => {
    await stopClock();
    await open('/a');
    collector.answerWith(() => new Promise(() => undefined));
    let given = false;
    const token = ask().finally(() => (given = true));
    await waitFor('the question', asked);
    await page.clock.runFor(2_999);
    assert.equal(given, false);
    await page.clock.runFor(1);
    assert.equal(await token, null);
  });

  test('who opted out is not asked for', async () => {
    await page.addInitScript(() => {
      localStorage.setItem('ut_optout', '1');
    });
    await open('/a');
    assert.equal(await ask(), null);
    await settle();
    assert.equal(collector.requests.length, 0);
  });

  test('Global Privacy Control forbids marketing, not this', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true });
    });
    await open('/a');
    collector.answerWith(() => ({ status: 200, body: '{"token":"abc"}' }));
    assert.equal(await ask(), 'abc');
  });
});
