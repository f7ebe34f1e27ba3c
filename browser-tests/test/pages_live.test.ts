// One stream of the server serves all tabs of a browser: through a shared worker, and without one through the tab that
// leads. Counted at the server.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launch } from '../src/browser.ts';
import { onlineNow } from '../src/dashboard.ts';
import { sendPageView } from '../src/events.ts';
import { beOwner } from '../src/owner.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';

/** A tab that leads and goes hands over within this. */
const HAND_OVER_MS = 2_000;

let browser: Browser;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
});
/** Of the test that runs; ended with it, however it goes. */
let running: Server | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** How many streams the server has open. */
async function streams(server: Server): Promise<number> {
  const text = await (await fetch(server.metrics)).text();
  return Number(/^ut_live_streams (\d+)$/m.exec(text)?.[1]);
}

const lastMinutes = (page: Page): Promise<string> =>
  page.getByRole('region', { name: 'Live' }).locator('.live-windows').innerText();

/** Who holds or waits for locks of ours: tabs that a worker watches, or a site's leader and those in line. */
function lockNames(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const names = [...held, ...pending].map(({ name = '' }) =>
      name.replace(/^ut-live-(tab)?.*?(\d*)$/, '$1$2'),
    );
    return names.map((name) => `${name.startsWith('tab') ? 'tab' : name} `).join('');
  });
}

async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Are the tabs of one mind? Their pictures may be a moment apart. */
async function agree(tabs: Page[], count: number): Promise<void> {
  await waitFor(
    `all ${tabs.length} tabs show ${count}`,
    async () => {
      const shown = await Promise.all(tabs.map(onlineNow));
      const windows = new Set(await Promise.all(tabs.map(lastMinutes)));
      return shown.every((now) => now === count) && windows.size === 1;
    },
    15_000,
  );
}

for (const way of ['a shared worker', 'the tab that leads']) {
  test(`three tabs hear one stream through ${way}, whichever is closed`, async () => {
    const server = await startServer('serve');
    running = server;
    const owner = await beOwner(browser, server);
    const { page, context, site, errors } = owner;
    // The first tab came before the script could be put in; it is opened anew below.
    if (way === 'the tab that leads') {
      await context.addInitScript('delete globalThis.SharedWorker;');
      await page.reload();
    }
    await sendPageView(server, site, '/one', 'One');
    await agree([page], 1);
    const tabs = [page, await openTab(context, server.url), await openTab(context, `${server.url}/realtime`)];
    await agree(tabs, 1);
    assert.equal(await streams(server), 1, 'one stream for three tabs');

    assert.match(await lockNames(page), way === 'a shared worker' ? /^(tab )+$/ : /^(1 )+$/);

    // Nothing new happens: what a further tab shows, another tab told it.
    const late = await openTab(context, `${server.url}/realtime`);
    await agree([...tabs, late], 1);
    assert.equal(await streams(server), 1);

    await page.close();
    const left = [...tabs.slice(1), late];
    const handedOver = Date.now();
    await waitFor('a stream goes on', async () => (await streams(server)) === 1, HAND_OVER_MS);
    await sendPageView(server, site, '/two', 'Two');
    await agree(left, 1);
    await waitFor(
      'the new page in all tabs',
      async () => {
        const texts = await Promise.all(left.map((tab) => tab.locator('.lines').first().innerText()));
        return texts.every((text) => text.includes('/two'));
      },
      10_000,
    );
    console.log(`${way}: handed over and heard of the next event within ${Date.now() - handedOver} ms`);
    await sleep(1_500);
    assert.equal(await streams(server), 1, 'and stays one');

    for (const tab of left) await tab.close();
    await waitFor('no stream for nobody', async () => (await streams(server)) === 0, 5_000);
    assert.deepEqual(
      errors.filter((error) => !/^401 /.test(error)),
      [],
    );
    await owner.close();
  });
}
