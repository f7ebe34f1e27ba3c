// The whole way to the real server, in two modes: what a choice on the page does to the browser's cookies and to what is stored.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { trackedPage } from '../src/collector.ts';
import type { Site } from '../src/events.ts';
import { startShop } from '../src/proxied_shop.ts';
import type { Shop } from '../src/proxied_shop.ts';
import { reportsOf } from '../src/reports.ts';
import type { Reports } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';
import type { Choice } from '../../tracker/npm/src/ut.ts';

let browser: Browser;
let server: Server;
let reports: Reports;
let shop: Shop;
let visit: Visit;

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('serve')]);
  const words = ['--domain', 'localhost', '--currency', 'EUR', '--timezone', 'Europe/Berlin'];
  const { key } = await server.command<Site>('site', 'add', ...words);
  reports = await reportsOf(server, 'localhost');
  await reports.settled();
  const strict = '<script data-consent="required" ';
  shop = await startShop(server.url, (path) => {
    const html = trackedPage(`Page ${path}`, { key });
    if (path.startsWith('/strict')) return html.replace('<script ', strict);
    return path.startsWith('/gcm')
      ? html.replace('<script ', `<script>dataLayer = []</script><script data-cmp="gcm" `)
      : html;
  });
});
after(async () => {
  await browser.close();
  await shop.close();
  await server.stop();
});

const choose = (choice: Choice): Promise<unknown> =>
  visit.page.evaluate((said) => window.ut?.consent?.(said), choice);
const cookies = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await visit.context.cookies()).map(({ name, value }) => [name, value]));
const views = async (path: string): Promise<number> => {
  await reports.settled();
  // A server that has just begun may not be able to tell yet.
  const pages = await reports.pages().catch(() => null);
  return pages ? (pages[path]?.page_views ?? 0) : -1;
};
const seen = (path: string, count = 1): Promise<unknown> =>
  waitFor(`${path} is counted`, async () => (await views(path)) === count);

/** A test of a visitor of their own. */
function visiting(name: string, run: () => Promise<void>): void {
  test(name, async () => {
    visit = await newPage(browser);
    try {
      await run();
      assert.deepEqual(visit.errors, []);
    } finally {
      await visit.close();
    }
  });
}

visiting('agreed to, the browser gets its cookie, and keeps it; taken back, it is gone', async () => {
  await visit.page.goto(`${shop.url}/a`);
  await seen('/a');
  assert.deepEqual(await cookies(), {});
  const granted = await choose({ analytics: true, marketing: false });
  assert.deepEqual(granted, { analytics: true, marketing: false, personalization: false });
  const { _ut_c: said = '', _ut_id: id = '' } = await cookies();
  assert.match(said, /^v1\.[^.]*A/);
  assert.ok(id);
  // The next page comes with it, and the seed is forgotten.
  await visit.page.goto(`${shop.url}/b`);
  await seen('/b');
  assert.equal((await cookies())['_ut_id'], id);
  const [event] = shop.posted.filter(({ path, body }) => path === '/ut/e' && body.includes('/b"'));
  assert.equal((JSON.parse(event?.body ?? '{}') as { ids?: unknown }).ids, undefined);
  assert.deepEqual(await choose({ analytics: false }), {
    analytics: false,
    marketing: false,
    personalization: false,
  });
  assert.equal((await cookies())['_ut_id'], undefined);
});

visiting('where it is required, nothing leaves the page before; the next page counts by itself', async () => {
  const ours = (): unknown[] => shop.posted.filter(({ body }) => body.includes('/strict'));
  await visit.page.goto(`${shop.url}/strict/one`);
  await visit.page.waitForTimeout(1_000);
  assert.deepEqual([ours(), await cookies()], [[], {}]);
  await choose({ analytics: true });
  await seen('/strict/one');
  await visit.page.goto(`${shop.url}/strict/two`);
  await seen('/strict/two');
  await choose({ analytics: false });
  const before_ = ours().length;
  await visit.page.goto(`${shop.url}/strict/three`);
  await visit.page.waitForTimeout(1_000);
  assert.equal(ours().length, before_);
  await waitFor('it is not counted', async () => (await views('/strict/three')) === 0);
});

visiting('Google Consent Mode', async () => {
  await visit.page.goto(`${shop.url}/gcm`);
  await seen('/gcm');
  const update = (value: string): Promise<unknown> =>
    visit.page.evaluate(
      `dataLayer.push(['consent', 'update', { analytics_storage: '${value}', ad_storage: '${value}', ad_user_data: '${value}' }])`,
    );
  await update('granted');
  await waitFor('the cookie', async () => (await cookies())['_ut_id']);
  assert.match((await cookies())['_ut_c'] ?? '', /^v1\.(?=[^.]*A)(?=[^.]*M)/);
  await visit.page.waitForTimeout(20);
  await update('denied');
  await waitFor('it is gone', async () => !(await cookies())['_ut_id']);
});

visiting('opting out holds on the server, too, and is taken back', async () => {
  await visit.page.goto(`${shop.url}/out`);
  await seen('/out');
  await visit.page.evaluate(() => window.ut?.optOut?.());
  const { _ut_c: said = '' } = await waitFor('the server knows', async () => {
    const kept = await cookies();
    return kept['_ut_c'] ? kept : null;
  });
  assert.match(said, /^v1\.o\d+\./);
  await visit.page.evaluate(() => window.ut?.optIn?.());
  await waitFor('and that it is taken back', async () => (await cookies())['_ut_c'] === 'v1..');
  await visit.page.goto(`${shop.url}/out/again`);
  await seen('/out/again');
});
