// The owner's way through the dashboard of a fresh server: set-up link, first site, first event, leaving and coming
// back. The tests follow each other on one server.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { figures, topPages } from '../src/dashboard.ts';
import { sendPageView } from '../src/events.ts';
import type { Site } from '../src/events.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';

const EMAIL = 'owner@shop.example';
const PASSWORD = 'four plain words here';
/** Nobody is signed in yet, or any more, and the page asks who is. */
const SIGNED_OUT = ['401 /api/v1/me', '401 /api/v1/sites'];

let browser: Browser;
let server: Server;
let site: Site;
let visit: Visit;
let page: Page;
/** Errors that a test provokes itself. */
let expected: string[] = [];

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('serve')]);
  visit = await newPage(browser, {
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = visit.page;
});
after(async () => {
  await browser.close();
  await server.stop();
});
afterEach(() => {
  const unexpected = visit.errors.splice(0).filter((error) => !expected.includes(error));
  expected = [];
  assert.deepEqual(unexpected, [], 'no page raises an error or breaks its policy');
});

const field = (name: string): Locator => page.getByRole('textbox', { name, exact: true });
const press = (name: string): Promise<void> => page.getByRole('button', { name }).click();
const heading = (name: string): Promise<void> => page.getByRole('heading', { name }).waitFor();

/** What stands under a field. */
async function noteOf(name: string): Promise<string> {
  const note = await field(name).getAttribute('aria-describedby');
  return note ? page.locator(`[id="${note}"]`).innerText() : '';
}

test('a breach of the policy does not go unnoticed', async () => {
  const probe = await newPage(browser);
  await probe.page.goto(`${server.url}/login`);
  await probe.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await probe.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.breached = true';
    document.head.append(script);
  });
  assert.equal(await probe.page.evaluate(() => 'breached' in globalThis), false);
  assert.match(probe.errors.join('\n'), /Content Security Policy/);
  await probe.close();
});

test('without an owner, the dashboard leads to the set-up link', async () => {
  expected = SIGNED_OUT;
  await page.goto(server.url);
  await page.waitForURL('**/login');
  await page.getByText('This server has no owner yet. Open the set-up link').waitFor();
  await page.goto(`${server.url}/setup`);
  await heading('Open your set-up link');
});

test('the form says what is wrong, beside the field, and keeps what was typed', async () => {
  expected = ['422 /setup'];
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
  });
  await page.goto(server.dashboard);
  await heading('Create the owner’s account');
  assert.equal(await page.evaluate(() => location.hash), '', 'the token does not stay in the address');

  await field('E-mail').fill('nobody');
  await field('Password').fill(PASSWORD);
  await field('Repeat the password').fill(PASSWORD);
  await press('Create account');
  assert.equal(await page.locator('input:invalid').getAttribute('type'), 'email');

  await field('E-mail').fill('owner@127.0.0.1');
  await field('Password').fill('short');
  await field('Repeat the password').fill('shirt');
  await press('Create account');
  await waitFor('the note', async () => /12 characters; this has 5/.test(await noteOf('Password')), 5_000);
  assert.equal(await noteOf('Repeat the password'), 'The two passwords differ.');
  assert.deepEqual(sent, [], 'what the page itself can see is not sent');

  await field('Password').fill(PASSWORD);
  await field('Repeat the password').fill(PASSWORD);
  await press('Create account');
  await waitFor('the server’s note', async () => /looks like/.test(await noteOf('E-mail')), 5_000);
  assert.equal(await field('E-mail').getAttribute('aria-invalid'), 'true');
  assert.equal(await field('Password').inputValue(), PASSWORD);
});

test('the owner is made, and a site added meanwhile shows up by itself', async () => {
  expected = ['422 /setup'];
  await field('E-mail').fill(EMAIL);
  await press('Create account');
  await page.waitForURL(`${server.url}/`);
  await heading('No site yet');
  assert.match(await page.locator('.snippet code').innerText(), /^universal-tracking site add --domain /);
  site = await server.command<Site>('site', 'add', '--domain', 'shop.example', '--timezone', 'Europe/Berlin');
  await heading('Connect shop.example');
});

test('an empty site teaches the snippet', async () => {
  const snippet = `<script defer src="/ut/ut.js" data-site="${site.key}"></script>`;
  assert.equal(await page.locator('.snippet code').innerText(), snippet);
  await press('Copy');
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), snippet);
  assert.equal((await page.request.get(`${server.url}/ut/ut.js`)).status(), 200, 'what it loads is there');
  await page.getByText('Waiting for the first event').waitFor();
  assert.equal(await page.locator('.tile').count(), 0, 'no chart of nothing');
});

test('the first event takes the lesson away by itself', async () => {
  await sendPageView(server, site, '/first', 'First');
  await page.getByText('Waiting for the first event').waitFor({ state: 'detached', timeout: 15_000 });
  await waitFor('the figures', async () => (await figures(page))['Page views'] === '1');
  await waitFor('the list', async () => (await topPages(page)).length === 1);
  assert.deepEqual(await topPages(page), [['/first', '1', '1']]);
});

test('hostile text is text, and no page gets wider for it', async () => {
  const hostile = [
    '/<script>globalThis.breached=1</script>',
    '/"\'`><img src=x onerror=globalThis.breached=1>',
    '/%3Cimg%20src=x%20onerror=globalThis.breached=1%3E',
    '/שלום/\u202eexe.fdp',
    '/🛒/👩‍👩‍👧‍👦/z̷̢̛a̸l̵g̶o̷',
    `/${'very-long-'.repeat(190)}`,
    '/constructor',
    '/__proto__',
    '/{{site}}/${key}/%s%n',
  ];
  for (const path of hostile) await sendPageView(server, site, path, path.slice(0, 300));
  await waitFor(
    'all page views',
    async () => (await figures(page))['Page views'] === `${hostile.length + 1}`,
  );
  assert.equal((await topPages(page)).length, 8);
  await press('More Pages');
  const lines = page.getByRole('dialog', { name: 'Pages' }).locator('tbody th');
  await waitFor('all lines', async () => (await lines.count()) === hostile.length + 1);
  const texts = await lines.allTextContents();
  assert.ok(texts.includes('/שלום/\\u202eexe.fdp'), 'what would turn the line round is spelt out');
  // As the URL standard spells them, or as a person reads them; nothing is lost and nothing is made up.
  const shown = texts.map(
    (path) => new URL(path.replace('\\u202e', '\u202e'), 'https://shop.example').pathname,
  );
  assert.deepEqual(
    shown.sort(),
    ['/first', ...hostile].map((path) => new URL(path, 'https://shop.example').pathname).sort(),
  );
  assert.equal(await page.evaluate(() => 'breached' in globalThis), false);
  assert.equal(await page.locator('main img, main script').count(), 0);
  await press('Close');
  // A hostile name can also be a filter, in the address and on its chip.
  for (const text of ['/<script>globalThis.breached=1</script>', '/constructor', '/__proto__']) {
    await press('More Pages');
    await page.getByRole('dialog').getByRole('button', { name: text, exact: true }).click();
    await waitFor('one page view', async () => (await figures(page))['Page views'] === '1');
    await page.reload();
    await waitFor('the same by its address', async () => (await figures(page))['Page views'] === '1');
    await press('Remove: Page is');
    await waitFor('all again', async () => (await figures(page))['Page views'] === `${hostile.length + 1}`);
  }
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
  }
});

test('signed out, nothing is shown; a wrong password is told so, the right one leads back', async () => {
  expected = [...SIGNED_OUT, '401 /login'];
  await press('Sign out');
  await page.waitForURL('**/login');
  await page.goto(server.url);
  await page.waitForURL('**/login');
  await field('E-mail').fill(EMAIL);
  await field('Password').fill(`${PASSWORD}!`);
  await press('Sign in');
  await page.getByRole('alert').getByText('The e-mail address or the password is wrong.').waitFor();
  assert.equal(await field('E-mail').inputValue(), EMAIL);
  await field('Password').fill(PASSWORD);
  await press('Sign in');
  await page.waitForURL(`${server.url}/`);
  await waitFor('the figures', async () => (await figures(page))['Page views'] === '10');
});

test('a set-up link is worth nothing once there is an owner', async () => {
  const stranger = await newPage(browser);
  await stranger.page.goto(server.dashboard);
  const alert = stranger.page.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.innerText(), /has been used.*sign in/is);
  assert.deepEqual(stranger.errors, ['403 /setup']);
  await stranger.close();
});
