// What strangers may write into a shop's numbers is text on every page of the dashboard: no script of theirs runs,
// nothing is loaded from elsewhere, and no page gets wider.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, PERSON } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import type { Site } from '../src/events.ts';
import { beOwner } from '../src/owner.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';

const CORPUS = [
  '<script>globalThis.breached=1;alert(1)</script>',
  '"><img src=https://evil.example/x.png onerror=globalThis.breached=1>',
  "'><svg/onload=globalThis.breached=1>",
  '</textarea></title></style><iframe src=javascript:parent.breached=1></iframe>',
  '<a href=javascript:globalThis.breached=1>press me</a>',
  '<style>@import url(https://evil.example/x.css);</style>',
  'javascript:globalThis.breached=1',
  '${globalThis.breached=1}{{constructor.constructor("globalThis.breached=1")()}}',
  'right\u202eto\u2066left\u2069 שלום مرحبا',
  'zero\u200bwidth\u200c\u200d\ufeff\u2060',
  'z\u0337\u0322\u031ba\u0338l\u0335g\u0336o\u0337 '.repeat(12),
  'long'.repeat(400),
  '__proto__',
  'constructor',
  '%s%n%3Cscript%3Ealert(1)%3C/script%3E',
];

let browser: Browser;
let server: Server;
let visit: Visit & { site: Site };
/** Requests that leave for another host. */
const foreign: string[] = [];
const dialogs: string[] = [];

async function send(event: Record<string, unknown>): Promise<void> {
  const origin = `https://${visit.site.domain}`;
  const now = Date.now();
  const whole = { id: randomUUID(), name: 'page_view', ts: now, page_view: randomUUID(), ...event };
  const response = await fetch(`${server.url}/ut/e`, {
    method: 'POST',
    headers: { origin, 'content-type': 'text/plain', 'user-agent': PERSON },
    body: JSON.stringify({
      site: visit.site.key,
      sent_at: now,
      tz: 'Europe/Berlin',
      consent: {},
      events: [whole],
    }),
  });
  assert.equal(response.status, 202);
}

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('serve')]);
  visit = await beOwner(browser, server);
  visit.context.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !/^(data|blob|about):/.test(request.url())) {
      foreign.push(request.url());
    }
  });
  visit.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const origin = `https://${visit.site.domain}`;
  for (const text of CORPUS) {
    const words = encodeURIComponent(text.slice(0, 900));
    await send({
      url: `${origin}/${text}?utm_source=${words}&utm_medium=${words}&utm_campaign=${words}`,
      referrer: `https://news.example/${words}`,
      title: text,
    });
    await send({ url: `${origin}/again`, title: text, props: { [text.slice(0, 60)]: text.slice(0, 900) } });
  }
});
after(async () => {
  await browser.close();
  await server.stop();
});

async function sound(page: Page, where: string): Promise<void> {
  assert.equal(await page.evaluate(() => 'breached' in globalThis), false, `${where}: a script ran`);
  const made = await page.locator('#app :is(script, iframe, img, style, object, embed, base)').count();
  assert.equal(made, 0, `${where}: text became markup`);
  assert.equal(await page.locator('a[href^="javascript:"]').count(), 0, where);
  for (const width of [320, 390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(wide, width, `${where} at ${width}`);
  }
}

test('overview: pages, sources and campaigns are text', async () => {
  const { page } = visit;
  await page.goto(server.url);
  await page.getByRole('region', { name: 'Live' }).locator('.line:not(.quiet)').first().waitFor();
  await waitFor('figures', async () => /breached/.test(await page.locator('main').innerText()), 60_000);
  await sound(page, 'overview');
  for (const name of ['Campaigns', 'Channels', 'Sources', 'Devices', 'Exit pages', 'Entry pages']) {
    const tab = page.getByRole('button', { name, exact: true });
    if ((await tab.count()) > 0) await tab.first().click();
    await sound(page, `overview, ${name}`);
  }
});

test('realtime: pages and events are text, directions are spelt out', async () => {
  const { page } = visit;
  await page.goto(`${server.url}/realtime`);
  await page.locator('.feed-line').first().waitFor();
  await sound(page, 'realtime');
});

test('settings: what the owner typed is text, refused or kept', async () => {
  const { page } = visit;
  await page.goto(`${server.url}/settings`);
  await page.locator('.settings-form').waitFor();
  const paths = page.getByLabel('Paths');
  await paths.fill(CORPUS.map((text) => `/${text.replaceAll(/[\r\n?#]/g, '')}`).join('\n'));
  await page.getByLabel('Hosts that are no source').fill(CORPUS.slice(0, 6).join('\n'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').first().waitFor();
  await sound(page, 'settings, refused');
  await page.getByRole('button', { name: 'Discard' }).click();
  await paths.fill('/"><img src=x onerror=globalThis.breached=1>');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').getByText('Saved.').waitFor();
  await page.reload();
  await page.locator('.settings-form').waitFor();
  assert.match(await paths.inputValue(), /onerror/);
  await sound(page, 'settings, kept');
});

test('performance: opened like the others', async () => {
  const { page } = visit;
  await page.goto(`${server.url}/performance`);
  await page.getByRole('heading', { name: 'Performance', exact: true }).waitFor();
  await sound(page, 'performance');
});

test('every page forbids inline scripts and styles, and nothing left for another host', async () => {
  for (const path of ['/', '/realtime', '/performance', '/privacy', '/settings', '/login', '/setup']) {
    const response = await fetch(server.url + path);
    assert.equal(response.status, 200, path);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'self'/, path);
    assert.doesNotMatch(policy, /unsafe|\*/, path);
    for (const rule of ["base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"]) {
      assert.ok(policy.includes(rule), `${path}: ${rule}`);
    }
  }
  assert.deepEqual(foreign, [], 'requests to another host');
  assert.deepEqual(dialogs, [], 'dialogs');
  const breaches = visit.errors.filter((error) => /Content Security Policy|Uncaught/.test(error));
  assert.deepEqual(breaches, []);
});
