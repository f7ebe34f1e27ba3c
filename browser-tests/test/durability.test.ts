// What a browser was told is kept stays kept, and what it could not send arrives once the server is back.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { reportsOf } from '../src/reports.ts';
import type { Reports } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';

let browser: Browser;
let server: Server;
let reports: Reports;
let visit: Visit;
let page: Page;

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('demo')]);
  reports = await reportsOf(server, 'localhost');
});
after(async () => {
  await browser.close();
  await server.stop();
});
beforeEach(async () => {
  visit = await newPage(browser);
  page = visit.page;
});
afterEach(() => visit.close());

/** The next answer to a batch of events, whatever it is. */
const answered = (): Promise<number> =>
  page.waitForResponse((response) => response.url().endsWith('/ut/e')).then((response) => response.status());

/** The report's views of a page once every event has found its place. */
async function viewsOf(path: string): Promise<number> {
  return (await reports.pages())[path]?.page_views ?? 0;
}

async function expectOnce(path: string): Promise<void> {
  await waitFor(`${path} in the report`, async () => (await viewsOf(path)) > 0, 30_000);
  await reports.settled();
  assert.equal(await viewsOf(path), 1, path);
}

test('an acknowledged page view survives the death of the server, once', async () => {
  const answer = answered();
  await page.goto(`${server.url}/demo/p/tide-mug`);
  assert.equal(await answer, 202);
  await server.kill();
  await server.start();
  await reports.settled();
  await expectOnce('/demo/p/tide-mug');
});

test('a page opened while the server is away is reported once when it is back', async () => {
  const answer = answered();
  await page.goto(`${server.url}/demo/p/dune-vase`);
  assert.equal(await answer, 202);
  await server.kill();
  const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/ut/e'));
  // A step by `pushState`, the one kind of page that opens without a server.
  await page.click('a[href^="/demo/p/dune-vase/care"]');
  await page.waitForURL('**/dune-vase/care');
  await failed;
  const next = answered();
  await server.start();
  await reports.settled();
  assert.equal(await next, 202);
  await expectOnce('/demo/p/dune-vase/care');
  await expectOnce('/demo/p/dune-vase');
});

test('an answer that got lost together with the server makes no second page view', async () => {
  let lose = true;
  await page.route('**/ut/e', async (route) => {
    if (!lose) return route.continue();
    lose = false;
    // The server has it and says so, but the browser never hears of it.
    assert.equal((await route.fetch()).status(), 202);
    await server.kill();
    await route.abort();
    await server.start();
  });
  const { deduplicated: before_ } = await reports.settled();
  await page.goto(`${server.url}/demo/p/ember-lamp`);
  await waitFor(
    'the second copy is recognised',
    async () => (await reports.settled().catch(() => ({ deduplicated: 0 }))).deduplicated > before_,
    60_000,
  );
  await expectOnce('/demo/p/ember-lamp');
});
