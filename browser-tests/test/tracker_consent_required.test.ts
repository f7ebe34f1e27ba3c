// The built tracker in a real browser, where nothing may be sent without consent (`data-consent="required"`).
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { MEASURED, NOTHING, choices, door, listening, servePages } from '../src/choosing_page.ts';
import {
  collector,
  everyTestOnItsOwnPage,
  open,
  page,
  pageViews,
  paths,
  settle,
  visit,
} from '../src/tracked_page.ts';
import { waitFor } from '../src/wait.ts';
import type { Choice } from '../../tracker/npm/src/ut.ts';

everyTestOnItsOwnPage();
beforeEach(async () => {
  await servePages('/strict', 'data-consent="required"');
});

const choose = (choice: Choice): Promise<unknown> =>
  page.evaluate((said) => window.ut?.consent?.(said), choice);
const push = (path: string): Promise<void> =>
  page.evaluate((to) => {
    history.pushState(null, '', to);
  }, path);
/** The shop's cookie of an earlier page. */
const keep = (value: string): Promise<void> =>
  visit.context.addCookies([
    { name: 'other_ut_c', value: 'v1.A1700000000.', url: collector.url },
    ...(value ? [{ name: '_ut_c', value, url: collector.url }] : []),
  ]);

describe('without consent', () => {
  test('nothing is sent, nothing kept and nothing measured, whatever happens on the page', async () => {
    const asked = listening();
    await open('/strict');
    await page.evaluate(() => window.ut?.('add_to_cart'));
    await push('/strict/next');
    await page.mouse.move(10, 10);
    await page.waitForTimeout(1_500);
    await open('/strict/other');
    await page.waitForTimeout(500);
    await page.goto('about:blank');
    await settle();
    assert.deepEqual(collector.requests, []);
    assert.deepEqual([...new Set(asked)], ['/strict', '/ut/ut.js', '/ut/ut-choice.js', '/strict/other']);
    const { cookies, origins } = await visit.context.storageState({ indexedDB: true });
    assert.deepEqual([cookies, origins, visit.errors], [[], [], []]);
  });

  for (const value of [
    '',
    'v1.a1700000000M1700000000.A',
    'v1.A1700000000o1700000001.',
    'v1.g1700000000.Always',
  ]) {
    test(`the cookie says ${value || 'nothing'}`, async () => {
      await keep(value);
      await open('/strict');
      await page.waitForTimeout(1_000);
      assert.deepEqual(collector.requests, []);
    });
  }

  test('a refusal is told, and nothing else', async () => {
    collector.answerWith(door(NOTHING));
    await open('/strict');
    assert.deepEqual(await choose({ analytics: false }), NOTHING);
    await push('/strict/next');
    await page.waitForTimeout(800);
    assert.deepEqual([choices().length, collector.requests.length], [1, 1]);
    assert.equal(choices()[0]?.ids, undefined);
  });

  test('the server’s rules stand above what the page says', async () => {
    collector.answerWith(door(NOTHING));
    await open('/strict');
    assert.deepEqual(await choose({ analytics: true }), NOTHING);
    await page.waitForTimeout(800);
    assert.equal(collector.requests.length, 1);
  });
});

describe('with consent', () => {
  test('the page that is shown counts from then on, what was before never', async () => {
    collector.answerWith(door(MEASURED));
    await page.setExtraHTTPHeaders({ referer: 'https://www.example.org/' });
    await open('/strict');
    await page.evaluate(() => window.ut?.('before'));
    await push('/strict/next');
    await page.waitForTimeout(1_500);
    const before = Date.now();
    await choose({ analytics: true });
    await page.evaluate(() => window.ut?.('after'));
    await waitFor('what was said after', () => collector.events('after').length);
    await settle();
    assert.deepEqual(paths(), ['/strict/next']);
    assert.equal(collector.events('before').length, 0);
    const [view] = collector.events('page_view');
    assert.ok(view && view.ts >= before);
    await push('/strict/third');
    await pageViews(2);
    await page.goto('about:blank');
    await waitFor('the time it was looked at', () => collector.events('engagement').length);
    for (const { engagement_ms: told = 0 } of collector.events('engagement'))
      assert.ok(told <= Date.now() - before, String(told));
  });

  test('the cookie of an earlier page says it: everything counts', async () => {
    await keep('v1.A1700000000m1700000000g1700000001.no');
    await visit.context.addInitScript(() => {
      window.ut = Object.assign(() => undefined, { q: [['early']] as unknown[] as Iterable<unknown>[] });
    });
    await open('/strict');
    await waitFor('both', () => collector.events().length === 2);
    assert.deepEqual(
      collector.events().map(({ name }) => name),
      ['page_view', 'early'],
    );
    assert.deepEqual(choices(), []);
  });

  test('taken back, nothing is sent from that moment; given again, the page that is shown counts', async () => {
    collector.answerWith(
      door(() => ({ ...NOTHING, analytics: choices().at(-1)?.consent['analytics'] === true })),
    );
    await open('/strict');
    await choose({ analytics: true });
    await pageViews(1);
    await page.evaluate(() => {
      window.ut?.('waiting');
      void window.ut?.consent?.({ analytics: false });
      window.ut?.('after');
    });
    await waitFor('the denial', () => choices().length === 2);
    const beats = collector.beats().length;
    await push('/strict/unseen');
    await push('/strict/seen');
    await page.waitForTimeout(1_000);
    assert.deepEqual([paths(), collector.beats().length], [['/strict'], beats]);
    await choose({ analytics: true });
    await pageViews(2);
    assert.deepEqual(paths(), ['/strict', '/strict/seen']);
    assert.deepEqual([collector.events('waiting').length, collector.events('after').length], [0, 0]);
  });

  test('a grant that was overtaken by a denial opens nothing', async () => {
    collector.answerWith(
      door(() => ({ ...NOTHING, analytics: choices().at(-1)?.consent['analytics'] === true })),
    );
    await open('/strict');
    await page.evaluate(() =>
      Promise.all([window.ut?.consent?.({ analytics: true }), window.ut?.consent?.({ analytics: false })]),
    );
    await page.waitForTimeout(800);
    assert.deepEqual([choices().length, collector.requests.length], [2, 2]);
  });
});
