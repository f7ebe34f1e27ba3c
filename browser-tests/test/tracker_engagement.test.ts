// The built tracker in a real browser: for how long a page is looked at, how far down, and by whom.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  collector,
  everyTestOnItsOwnPage,
  open,
  page,
  pageViews,
  setHidden,
  settle,
  stopClock,
} from '../src/tracked_page.ts';
import { waitFor } from '../src/wait.ts';

everyTestOnItsOwnPage();

describe('engagement', () => {
  /** Seconds and percent of every total that was sent, page by page. */
  const totals = (): [path: string, seconds: number, scroll: number][] =>
    collector
      .events('engagement')
      .map((event) => [
        new URL(event.url).pathname,
        Math.round((event.engagement_ms ?? NaN) / 1_000),
        event.scroll_pct ?? NaN,
      ]);
  const told = async (expected: ReturnType<typeof totals>): Promise<void> => {
    await waitFor(`${expected.length} totals`, () => totals().length >= expected.length);
    await settle();
    assert.deepEqual(totals(), expected);
  };

  /** A page of four viewports. */
  const openLong = async (path: string): Promise<void> => {
    await stopClock();
    await open(path);
    await page.evaluate(() => {
      document.documentElement.style.height = `${4 * innerHeight}px`;
    });
    await page.clock.runFor(1_000);
    await pageViews(1);
  };

  test('grows every 30 s, for a minute after the last touch', async () => {
    await openLong('/a');
    await page.clock.runFor(29_500);
    await told([['/a', 30, 25]]);
    await page.clock.runFor(60_000);
    await told([
      ['/a', 30, 25],
      ['/a', 60, 25],
    ]);
    await page.clock.runFor(3_600_000);
    await page.keyboard.press('Shift');
    await page.clock.runFor(30_000);
    await waitFor('the third total', () => totals().length >= 3);
    assert.equal(totals().at(-1)?.[1], 90, 'the hour without a touch is not counted');
    const [view] = collector.events('page_view');
    assert.ok(collector.events('engagement').every((event) => event.page_view === view?.page_view));
  });

  test('rests while the page is hidden, and is told at once when it hides', async () => {
    await openLong('/a');
    await page.clock.runFor(9_000);
    await setHidden(true);
    await told([['/a', 10, 25]]);
    await page.clock.runFor(600_000);
    await setHidden(false);
    await page.clock.runFor(5_000);
    await setHidden(true);
    await told([
      ['/a', 10, 25],
      ['/a', 15, 25],
    ]);
  });

  test('says how far down the page was seen', async () => {
    await openLong('/a');
    for (const viewports of [1, 2, 0]) {
      await page.evaluate((count) => {
        scrollTo(0, count * innerHeight);
      }, viewports);
      await settle();
    }
    await setHidden(true);
    await waitFor('the total', () => totals().length === 1);
    assert.equal(totals()[0]?.[2], 75, 'also when it was scrolled back');
  });

  test('of each page of a document is its own', async () => {
    await openLong('/a');
    await page.clock.runFor(4_000);
    await page.evaluate(() => {
      document.documentElement.style.height = '';
      history.pushState(null, '', '/b');
    });
    await page.clock.runFor(3_000);
    await pageViews(2);
    await setHidden(true);
    await told([
      ['/a', 5, 100],
      ['/b', 3, 100],
    ]);
    const views = collector.events('page_view').map((event) => event.page_view);
    assert.deepEqual(
      collector.events('engagement').map((event) => event.page_view),
      views,
    );
  });

  test('of a page that is left for another document arrives', async () => {
    await open('/a');
    await pageViews(1);
    await page.waitForTimeout(1_500);
    await page.click('#next');
    await pageViews(2);
    await waitFor('the total', () => totals().some(([path]) => path === '/a'));
    const [, seconds] = totals().find(([path]) => path === '/a') ?? [];
    assert.ok(seconds !== undefined && seconds >= 1 && seconds < 20, `${seconds} s`);
  });
});

test('a program that drives the browser, and a touch screen, are told', async () => {
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => true });
    Object.defineProperty(Navigator.prototype, 'maxTouchPoints', { get: () => 256 });
  });
  await open('/a');
  await pageViews(1);
  await waitFor('a heartbeat', () => collector.beats().length === 1);
  for (const { body } of collector.requests) {
    assert.deepEqual([body.webdriver, body.touch_points], [true, 255]);
  }
});
