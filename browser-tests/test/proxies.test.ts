// The tracker on the shop's own host, through nginx and Caddy with what `init` prints for them: a visit with everything
// that may happen to a page, and every page view of it counted once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import type { Site } from '../src/events.ts';
import { startProxy } from '../src/proxy.ts';
import type { Kind } from '../src/proxy.ts';
import { reportsOf } from '../src/reports.ts';
import type { Reports } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';

let browser: Browser;
let server: Server;
let site: Site;
let reports: Reports;

before(async () => {
  [browser, server] = await Promise.all([
    launch(),
    startServer('serve', '--trusted-proxies', '127.0.0.1', '--rate-limit-ip', '0'),
  ]);
  site = await server.command<Site>('site', 'add', '--domain', '127.0.0.1');
  reports = await reportsOf(server, '127.0.0.1');
  // History answers.
  await reports.settled();
});
after(async () => {
  await browser.close();
  await server.stop();
});

/** How many are here now. */
async function now(): Promise<number | undefined> {
  const response = await fetch(`${server.url}/presence/stream?site=${site.id}`, {
    headers: { authorization: `Bearer ${reports.token}` },
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: '', done: true };
    text += value ?? '';
    const picture = /^event: presence\ndata: (.*)$/m.exec(text.replace(/^id: .*\n/gm, ''))?.[1];
    if (picture === undefined && !done) continue;
    await reader?.cancel();
    return picture === undefined ? undefined : (JSON.parse(picture) as { now: number }).now;
  }
}

const WAYS: [kind: Kind, prefix: string][] = [
  ['nginx', '/ut/'],
  ['caddy', '/ut/'],
  ['nginx', '/shop-data/'],
];

for (const [kind, prefix] of WAYS) {
  describe(`${kind}, ${prefix}`, () => {
    test('a visit is counted as it was', async (t) => {
      const name = `/${kind}${prefix.replaceAll('/', '-')}`;
      const script = `<script defer src="${prefix}ut.js" data-site="${site.key}"></script>`;
      const links = `<a id="next" href="${name}b">next</a>`;
      const proxy = await startProxy(
        kind,
        server.url,
        prefix,
        `<!doctype html><title>Shop</title>${script}${links}`,
      );
      const visit = await newPage(browser);
      const { page, errors } = visit;
      t.after(async () => {
        await visit.close();
        await proxy.stop();
      });
      const sent: string[] = [];
      page.on('request', (request) => sent.push(request.url()));
      const views = (path: string, count: number): Promise<unknown> =>
        waitFor(`${count} views of ${path}`, async () => (await reports.pages())[path]?.page_views === count);

      await page.goto(`${proxy.url}${name}a?utm_source=x`);
      await views(`${name}a`, 1);
      await page.reload();
      await page.click('#next');
      await views(`${name}b`, 1);
      // From the back/forward cache: nothing is loaded.
      await page.goBack({ waitUntil: 'commit' });
      await views(`${name}a`, 3);
      await page.evaluate((path) => {
        history.pushState(null, '', path);
      }, `${name}c`);
      await views(`${name}c`, 1);
      await waitFor('one visitor is here', async () => (await now()) === 1);
      // Closed in the middle of sending: what a page says last goes out after it.
      await page.evaluate((path) => {
        history.pushState(null, '', path);
      }, `${name}d`);
      await page.close({ runBeforeUnload: true });
      await views(`${name}d`, 1);

      const balance = await reports.settled();
      assert.equal(balance.dropped, 0);
      const pages = Object.entries(await reports.pages()).filter(([path]) => path.startsWith(name));
      const counted = pages.map(([path, { page_views: count }]) => [path.slice(name.length), count]);
      assert.deepEqual(Object.fromEntries(counted), { a: 3, b: 1, c: 1, d: 1 });
      const elsewhere = sent.filter((url) => !url.startsWith(`${proxy.url}${prefix}`) && !url.includes(name));
      assert.deepEqual(
        elsewhere.filter((url) => !url.endsWith('/favicon.ico')),
        [],
        'everything goes to the shop’s own host',
      );
      assert.deepEqual(errors, []);
    });
  });
}
