// An owner answers a person: finds what is kept of them, hands it out, erases it; on the real server.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { PERSON, launch } from '../src/browser.ts';
import type { Site } from '../src/events.ts';
import { beOwner } from '../src/owner.ts';
import { reportsOf } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';

let browser: Browser;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
});
let running: Server | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** A visitor who agrees, looks at two pages and says who they are; returns the front of their cookie. */
async function visit(server: Server, site: Site, email: string): Promise<string> {
  let cookies = '';
  const post = async (path: string, body: object): Promise<Response> => {
    const answer = await fetch(server.url + path, {
      method: 'POST',
      headers: {
        origin: `https://${site.domain}`,
        'content-type': 'text/plain',
        'user-agent': PERSON,
        cookie: cookies,
      },
      body: JSON.stringify({ site: site.key, sent_at: Date.now(), ...body }),
    });
    assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
    const set = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    if (set.length > 0) cookies = set.join('; ');
    return answer;
  };
  const ids = { seed: randomUUID() };
  await post('/ut/consent', { ids, consent: { analytics: true, marketing: true } });
  const id = /_ut_id=([^.]+)\./.exec(cookies)?.[1];
  assert.ok(id, cookies);
  const view = (path: string) => ({
    id: randomUUID(),
    name: 'page_view',
    ts: Date.now(),
    page_view: randomUUID(),
    url: `https://${site.domain}${path}`,
  });
  const kept = cookies;
  await post('/ut/e', { events: [view('/'), view('/p/1')] });
  cookies = kept;
  await post('/ut/i', { user: { email } });
  return id;
}

test('an owner finds, hands out and erases a person', { timeout: 300_000 }, async () => {
  const server = await startServer('serve');
  running = server;
  const owner = await beOwner(browser, server, { acceptDownloads: true });
  const { page, site, errors } = owner;
  const id = await visit(server, site, 'ada@post.example');
  await visit(server, site, 'bob@post.example');
  const reports = await reportsOf(server, String(site.id));
  await reports.settled();

  await page.goto(`${server.url}/privacy`);
  const card = page.getByRole('region', { name: 'Requests of single persons' });
  await card.getByRole('textbox').fill(' ADA@post.example ');
  await card.getByRole('button', { name: 'Find' }).click();
  await card.getByText('This is kept of them.').waitFor();
  const facts = await card.locator('.found-facts').innerText();
  assert.match(facts, /Visitors\s+1\s+Events\s+2\s+Sessions\s+1\s+Receipts\s+1/);
  assert.match(facts, /Personal data\s+email/i);

  const downloading = page.waitForEvent('download');
  await card.getByRole('button', { name: 'Export' }).click();
  const bytes = readFileSync(await (await downloading).path());
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');
  assert.ok(bytes.includes('ada@post.example') && bytes.includes(id) && bytes.includes('/p/1'));
  assert.ok(!bytes.includes('bob@post.example'), 'nothing of anybody else');

  await card.getByRole('button', { name: 'Erase…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('erase');
  await dialog.getByRole('button', { name: 'Erase', exact: true }).click();
  await card.getByText('The erasure is noted.').waitFor();
  await card.getByText('Done', { exact: true }).waitFor({ timeout: 180_000 });
  await card.getByRole('textbox').fill('ada@post.example');
  await card.getByRole('button', { name: 'Find' }).click();
  await card.getByRole('alert').waitFor();
  await card.getByRole('textbox').fill('bob@post.example');
  await card.getByRole('button', { name: 'Find' }).click();
  await card.getByText('This is kept of them.').waitFor();
  assert.deepEqual(
    errors.filter((error) => !error.startsWith('404 ')),
    [],
  );
  await owner.close();
});
