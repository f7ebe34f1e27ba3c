// Every number on the first screen against an independent computation over a book of events, for fifty combinations of
// period, comparison and filters made by pressing what a person would press.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Browser } from 'playwright-core';
import { sendBook, writeBook, zoneAtNight } from '../src/book.ts';
import type { Book } from '../src/book.ts';
import { launch, newPage } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { chance } from '../src/chance.ts';
import type { Site } from '../src/events.ts';
import { Model } from '../src/model.ts';
import { Oracle } from '../src/oracle.ts';
import { reportsOf } from '../src/reports.ts';
import { Screen } from '../src/screen.ts';
import type { Shown } from '../src/screen.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';

const SEED = Number(process.env['SCREEN_SEED'] ?? 20_261_123);
const PASSWORD = 'four plain words here';

let browser: Browser;
let server: Server;
let visit: Visit;
let book: Book;
let zone: string;

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('serve')]);
  const now = Date.now();
  zone = zoneAtNight(now);
  const words = ['site', 'add', '--domain', 'shop.example', '--timezone', zone];
  const site = await server.command<Site & { secret: string }>(...words);
  book = writeBook(site, zone, now, chance(SEED));
  await sendBook(server, site.secret, book);
  const reports = await reportsOf(server, site.domain);
  await reports.settled();
  const stored = (): Promise<boolean> =>
    reports.overview().then(({ totals }) => totals['events'] === book.events.length);
  await waitFor('the book is in the history', stored, 60_000);

  visit = await newPage(browser, { locale: 'en-GB', viewport: { width: 1440, height: 1000 } });
  const { page } = visit;
  await page.goto(server.dashboard);
  await page.getByRole('textbox', { name: 'E-mail', exact: true }).fill('owner@shop.example');
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill(PASSWORD);
  await page.getByRole('textbox', { name: 'Repeat the password', exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.locator('.tile').first().waitFor();
});
after(async () => {
  await browser.close();
  await server.stop();
});

test(`the book is worth asking about (seed ${SEED})`, () => {
  assert.ok(book.events.length > 300, `${book.events.length} events`);
  assert.ok(book.sessions.length > 60, `${book.sessions.length} sessions`);
  console.log(`${book.events.length} events, ${book.sessions.length} sessions, site time ${zone}`);
});

/** A screen is at most so old: it asks again every ten seconds. */
const REFRESH_MS = 12_000;

/**
 * What is shown and what should be. When the hour turns meanwhile, or today's comparison takes in another event, another
 * look after the next refresh.
 */
async function look(screen: Screen): Promise<{ shown: Shown; expected: Shown }> {
  for (let more = 8; ; more--) {
    const [hour, began] = [model.hour(), Date.now()];
    const [shown, expected] = [await screen.read(), model.expects()];
    const before = model.expects(Date.now() - began + REFRESH_MS);
    if (more === 0 || (model.hour() === hour && isDeepStrictEqual(expected, before)))
      return { shown, expected };
    await sleep(REFRESH_MS);
  }
}

/** Ten at a time: a test has its limit of time. */
const TENS = [1, 11, 21, 31, 41];
let model: Model;
const counted = { numbers: 0, compared: 0, nothing: 0 };

/** Looks at one combination, and compares everything. */
async function check(screen: Screen, where: string): Promise<void> {
  const { shown, expected } = await look(screen);
  const told = `${where}\n${model.describe()}\n${visit.page.url()}`;
  assert.deepEqual(shown.chips, expected.chips, told);
  assert.deepEqual(shown.tiles, expected.tiles, told);
  counted.compared += Number(model.compares());
  if (expected.tiles === null) {
    counted.nothing += 1;
    await visit.page.getByText('Nothing matches').waitFor();
    return;
  }
  assert.deepEqual(shown.cards, expected.cards, told);
  assert.deepEqual(shown.table, expected.table, told);
  counted.numbers += JSON.stringify([shown.tiles, shown.cards, shown.table]).match(/\d+/g)?.length ?? 0;
}

test('every number is what the book says, as the screen opens', async () => {
  model = new Model(new Oracle(book, zone), zone, chance(SEED + 1));
  const screen = new Screen(visit.page);
  await screen.settled();
  await check(screen, 'as it opens');
});

for (const first of TENS) {
  test(`every number is what the book says, combinations ${first} to ${first + 9}`, async () => {
    const screen = new Screen(visit.page);
    for (let combination = first; combination < first + 10; combination++) {
      const acts = await model.act(screen);
      await screen.settled();
      await check(screen, `combination ${combination}: ${acts.join(', ')}`);
    }
    assert.deepEqual(visit.errors, []);
  });
}

test('today so far stands beside the same hours of the day before, not beside all of it', async () => {
  const screen = new Screen(visit.page);
  await model.today(screen);
  await screen.settled();
  await check(screen, 'today so far');
  // There was something in those hours, and far more in the day: the book's visits began after them.
  const views = (await screen.read()).tiles?.['Page views']?.delta ?? '';
  assert.match(views, /%$/);
  assert.match(await visit.page.locator('.toolbar-dates').innerText(), /^compared with .+ until \d\d:\d\d/);
});

test('the combinations were worth their name', () => {
  const { numbers, compared, nothing } = counted;
  console.log(`${numbers} numbers, ${compared} combinations compared, ${nothing} without a match`);
  assert.ok(numbers > 5_000, `${numbers} numbers`);
  assert.ok(nothing < 20, 'most combinations find something');
  assert.ok(compared > 10, 'many combinations compare');
});
