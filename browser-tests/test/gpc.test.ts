// Global Privacy Control on the real server: what the tracker's README says of it is what is stored.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { startShop } from '../src/proxied_shop.ts';
import type { Shop } from '../src/proxied_shop.ts';
import { reportsOf } from '../src/reports.ts';
import type { Reports } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';

interface Line {
  name: string;
  path: string;
  consent_analytics: number | boolean;
  consent_marketing: number | boolean;
  consent_personalization: number | boolean;
}

let server: Server;
let shop: Shop;
let reports: Reports;
let browser: Browser;
let visit: Visit;

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('demo')]);
  shop = await startShop(server.url, () => null);
  reports = await reportsOf(server, 'localhost');
  await reports.settled();
  // As a browser with the signal has it: in every request, and for every script.
  visit = await newPage(browser, { extraHTTPHeaders: { 'Sec-GPC': '1' } });
  await visit.context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true });
  });
});
after(async () => {
  await browser.close();
  await shop.close();
  await server.stop();
});

/** Every event of the site, as its owner gets them. */
async function exported(): Promise<Line[]> {
  const response = await fetch(`${server.url}/api/v1/export/events?site=localhost&format=ndjson`, {
    headers: { authorization: `Bearer ${reports.token}` },
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

test('a visit with the signal is measured like any other, and denies marketing and personalization', async () => {
  const { page } = visit;
  await page.goto(`${shop.url}/demo/p/ember-lamp`);
  await page.waitForTimeout(1_500);
  await page.goto(`${shop.url}/demo/cart`);
  await waitFor('both pages', async () => (await reports.overview()).totals['page_views'] === 2);
  await page.goto('about:blank');
  await reports.settled();

  const told = shop.posted.filter(({ path }) => path.startsWith('/ut/'));
  for (const { path, body } of told) {
    const { consent } = JSON.parse(body) as { consent: unknown };
    assert.deepEqual(consent, { marketing: false, personalization: false, source: 'gpc' }, path);
  }
  // The driver puts no header of its own into what outlives a page; everything before has it.
  const marked = told.filter(({ headers }) => headers['sec-gpc'] === '1').map(({ path }) => path);
  assert.deepEqual([...new Set(marked)].toSorted(), ['/ut/e', '/ut/p']);
  const { totals } = await reports.overview();
  assert.deepEqual([totals['visitors'], totals['sessions'], totals['page_views']], [1, 1, 2]);
  const events = await waitFor('the export has them', async () => {
    const lines = await exported();
    return lines.some(({ name }) => name === 'engagement') ? lines : null;
  });
  assert.equal(events.filter(({ name }) => name === 'page_view').length, 2);
  for (const event of events) {
    assert.deepEqual(
      [event.consent_marketing, event.consent_personalization].map(Number),
      [0, 0],
      JSON.stringify(event),
    );
  }
  // Nothing is set on the device, and no answer asks for more.
  assert.deepEqual((await visit.context.storageState()).cookies, []);
  assert.deepEqual(visit.errors, []);
});

test('the signal in a request denies what a script says, and nothing else does', async () => {
  const known = shop.posted.find(({ path }) => path === '/ut/e');
  assert.ok(known);
  const body = JSON.parse(known.body) as { consent: object; events: { id: string; name: string }[] };
  const agreed = { analytics: true, marketing: true, personalization: true, source: 'banner' };
  for (const [name, signal] of [
    ['agreed', {}],
    ['denied', { 'sec-gpc': '1' }],
    ['no_signal', { 'sec-gpc': '0' }],
  ] as const) {
    const events = body.events.slice(0, 1).map((event) => ({ ...event, id: crypto.randomUUID(), name }));
    const response = await fetch(`${shop.url}/ut/e`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: shop.url, ...signal },
      body: JSON.stringify({ ...body, consent: agreed, events }),
    });
    assert.deepEqual([response.status, await response.json()], [202, { accepted: 1, rejected: [] }]);
    await reports.settled();
    const line = await waitFor('it is exported', async () =>
      (await exported()).find((exported) => exported.name === name),
    );
    const stored = [line.consent_analytics, line.consent_marketing, line.consent_personalization];
    assert.deepEqual(stored.map(Number), name === 'denied' ? [1, 0, 0] : [1, 1, 1], name);
  }
});
