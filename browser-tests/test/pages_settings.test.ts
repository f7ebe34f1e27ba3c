// Settings and performance on the real server: what is saved holds at once, and what was measured is shown.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, newPage, PERSON } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { sendPageView } from '../src/events.ts';
import type { Site } from '../src/events.ts';
import { beOwner, EMAIL } from '../src/owner.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';

const SECOND = { email: 'second@shop.example', password: 'another four plain words' };

let browser: Browser;
let server: Server;
let visit: Visit & { site: Site };
let page: Page;

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('serve')]);
  visit = await beOwner(browser, server);
  page = visit.page;
});
after(async () => {
  await browser.close();
  await server.stop();
});

async function open(path: string): Promise<void> {
  await page.goto(server.url + path);
  if (path === '/settings') await page.locator('.settings-form').waitFor();
}

async function save(): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
}

const counted = async (name: string): Promise<number> => {
  const text = await (await fetch(server.metrics)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
};

test('what the server refuses is said at the field, with the words of the server', async () => {
  await open('/settings');
  await page.getByLabel('Addresses and networks').fill('my office');
  await page.getByLabel('Session timeout, minutes').fill('500');
  await page.getByLabel('Time zone').fill('Mars/Olympus');
  await save();
  await page.getByText('`my office` is no network').waitFor();
  await page.getByText('a session ends after 5 to 120 minutes of silence, not 500').waitFor();
  await page.getByText('`Mars/Olympus` is no zone of the IANA data base').waitFor();
  assert.equal(await page.locator('[aria-invalid="true"]').count(), 3);
});

test('what is saved holds for the next event, and is there after a reload', async () => {
  await page.getByLabel('Addresses and networks').fill('');
  await page.getByLabel('Session timeout, minutes').fill('45');
  await page.getByLabel('Time zone').fill('Asia/Tokyo');
  await page.getByLabel('Paths').fill('/admin');
  await page.getByLabel('Page templates').fill('/p/*');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('Rule 1: value').fill('letter');
  await page.getByLabel('Rule 1: channel').fill('Letters');
  await save();
  await page.getByRole('status').getByText('Saved.').waitFor();
  await sendPageView(server, visit.site, '/admin/orders', 'Orders');
  await waitFor(
    'the page is not counted',
    async () => (await counted('ut_dropped_total{reason="excluded"}')) === 1,
  );
  await open('/settings');
  assert.equal(await page.getByLabel('Time zone').inputValue(), 'Asia/Tokyo');
  assert.equal(await page.getByLabel('Session timeout, minutes').inputValue(), '45');
  assert.equal(await page.getByLabel('Page templates').inputValue(), '/p/*');
  assert.equal(await page.getByLabel('Rule 1: channel').inputValue(), 'Letters');
  assert.equal(await page.getByText('Unsaved changes').count(), 0, 'as the server has it, so it is shown');
});

test('a token made here opens the site until it is removed here', async () => {
  await page.getByRole('button', { name: 'Add a token' }).click();
  const token = await page.locator('.shown-once code').innerText();
  const ask = async () => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${server.url}/api/v1/sites`, { headers })).status;
  };
  assert.equal(await ask(), 200);
  await page.getByRole('button', { name: `Remove the token ${token.slice(0, 7)}…` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the token' }).click();
  await waitFor('it opens nothing', async () => (await ask()) === 401);
});

test('a secret made here signs calls; the one before still does', async () => {
  await page.getByRole('button', { name: 'Make a new secret' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
  const secret = await page.locator('.shown-once code').first().innerText();
  assert.match(secret, /^sk_/);
  const event = { name: 'page_view', ts: Date.now(), url: `https://${visit.site.domain}/signed` };
  const response = await fetch(`${server.url}/ut/e`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ site: visit.site.key, consent: {}, events: [event] }),
  });
  assert.equal(((await response.json()) as { accepted: number }).accepted, 1);
});

test('a user added here signs in, and is out when removed', async () => {
  await page.getByLabel('E-mail of the new user').fill(EMAIL);
  await page.getByLabel('Their first password', { exact: true }).fill(SECOND.password);
  await page.getByRole('button', { name: 'Add the user' }).click();
  await page.getByText(`\`${EMAIL}\` has an account already`).waitFor();
  assert.ok(await page.getByRole('button', { name: `Remove ${EMAIL}` }).isDisabled(), 'the last one stays');
  await page.getByLabel('E-mail of the new user').fill(SECOND.email);
  await page.getByRole('button', { name: 'Add the user' }).click();
  await page.getByText(`${SECOND.email} may sign in now.`).waitFor();

  const other = await newPage(browser, { locale: 'en-GB' });
  await other.page.goto(`${server.url}/login`);
  await other.page.getByRole('textbox', { name: 'E-mail' }).fill(SECOND.email);
  await other.page.getByRole('textbox', { name: 'Password', exact: true }).fill(SECOND.password);
  await other.page.getByRole('button', { name: 'Sign in' }).click();
  await other.page.getByRole('region', { name: 'Live' }).waitFor();
  await page.getByRole('button', { name: `Remove ${SECOND.email}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the user' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await other.page.reload();
  await other.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await other.close();
});

test('performance: nothing is taught, sixty visits are judged', async () => {
  await open('/performance');
  await page.getByRole('heading', { name: 'No measurements yet' }).waitFor({ timeout: 60_000 });
  const origin = `https://${visit.site.domain}`;
  for (let number = 0; number < 60; number++) {
    const [now, view] = [Date.now(), randomUUID()];
    const vital = (metric: string, value: number) => ({
      id: randomUUID(),
      name: 'web_vital',
      ts: now,
      page_view: view,
      url: `${origin}/p/${number % 3}`,
      metric,
      value,
      metric_id: `v-${number}-${metric}`,
    });
    const first = {
      id: randomUUID(),
      name: 'page_view',
      ts: now,
      page_view: view,
      url: `${origin}/p/${number % 3}`,
    };
    const events = [first, vital('LCP', number < 50 ? 1_800 : 5_000), vital('CLS', number < 20 ? 0.02 : 0.3)];
    const response = await fetch(`${server.url}/ut/e`, {
      method: 'POST',
      headers: { origin, 'content-type': 'text/plain', 'user-agent': PERSON },
      body: JSON.stringify({ site: visit.site.key, sent_at: now, consent: {}, events }),
    });
    assert.deepEqual(await response.json(), { accepted: 3, rejected: [] });
  }
  const tile = (name: string) => page.getByRole('listitem', { name });
  await waitFor(
    'sixty samples',
    async () => {
      await open('/performance');
      await page.locator('.vital-samples').first().waitFor();
      return /^60 samples$/.test(
        await tile('Largest Contentful Paint').locator('.vital-samples').innerText(),
      );
    },
    60_000,
  );
  const words = async (name: string) => [
    await tile(name).locator('.vital-value').innerText(),
    await tile(name).locator('.vital-word').innerText(),
    await tile(name).getByRole('img').getAttribute('aria-label'),
  ];
  assert.deepEqual(await words('Largest Contentful Paint'), [
    '1.80\u00a0s',
    'Good',
    '83 % good, 0 % needs improvement, 17 % poor',
  ]);
  assert.deepEqual(await words('Cumulative Layout Shift'), [
    '0.30',
    'Poor',
    '33 % good, 0 % needs improvement, 67 % poor',
  ]);
  assert.equal(await tile('Interaction to Next Paint').locator('.vital-word').innerText(), 'Not measured');
  // The template of the settings; and each page alone has too few to be judged.
  await page.getByRole('rowheader', { name: '/p/*' }).waitFor();
  await page.getByRole('button', { name: 'Pages', exact: true }).click();
  await page.getByRole('rowheader', { name: '/p/0' }).waitFor();
  assert.equal(await page.locator('.speed-table [data-few="true"]').count(), 6);
  for (const tab of ['Devices', 'Countries']) {
    await page.getByRole('button', { name: tab }).click();
    await page.locator('.speed-table tbody th').first().waitFor();
  }
  assert.deepEqual(
    visit.errors.filter((error) => !/^(401|422) /.test(error)),
    [],
  );
});
