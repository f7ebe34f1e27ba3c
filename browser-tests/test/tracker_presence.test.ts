// The built tracker in a real browser: when a tab says that somebody is there.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SITE_KEY } from '../src/collector.ts';
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

describe('heartbeats', () => {
  const beats = (count: number): Promise<unknown> =>
    waitFor(`${count} heartbeats`, () => collector.beats().length >= count);
  const exactly = async (count: number): Promise<void> => {
    await beats(count);
    await settle();
    assert.equal(collector.beats().length, count);
  };

  test('the first comes at once, the others every 15 s, with the page that is shown', async () => {
    await stopClock();
    await open('/a?token=s&x=1');
    await exactly(1);
    const [beat] = collector.beats();
    await page.clock.runFor(1_000);
    await pageViews(1);
    assert.deepEqual(beat?.body, {
      site: SITE_KEY,
      page_view: collector.events('page_view')[0]?.page_view,
      url: `${collector.url}/a`,
      consent: {},
    });
    await page.clock.runFor(13_900);
    await exactly(1);
    await page.clock.runFor(200);
    await exactly(2);
    await page.evaluate(() => {
      history.pushState(null, '', '/b');
    });
    await page.clock.runFor(45_000);
    await exactly(5);
    assert.equal(collector.beats().at(-1)?.body.url, `${collector.url}/b`);
  });

  test('they pause while the tab is hidden and after 10 minutes without input', async () => {
    await stopClock();
    await open('/a');
    await exactly(1);
    await setHidden(true);
    await page.clock.runFor(60_000);
    await exactly(1);
    await setHidden(false);
    await exactly(2);
    await page.clock.runFor(599_000);
    await exactly(41);
    await page.clock.runFor(120_000);
    await exactly(41);
    await page.keyboard.press('Shift');
    await exactly(42);
    await page.clock.runFor(15_100);
    await exactly(43);
  });

  test('a tab that is switched to and fro sends no more than one in 15 s', async () => {
    await stopClock();
    await open('/a');
    await exactly(1);
    for (let time = 0; time < 10; time++) {
      await setHidden(true);
      await setHidden(false);
    }
    await exactly(1);
  });

  test('the longest address stays below 1 KiB', async () => {
    await open(`/${'%C3%A4'.repeat(700)}?${'q'.repeat(3_000)}`);
    await beats(1);
    assert.ok((collector.beats()[0]?.text.length ?? Infinity) <= 1_024);
  });

  test('a heartbeat that fails is not sent again', async () => {
    collector.answerWith(({ url }) => ({ status: url === '/ut/p' ? 503 : 202 }));
    await stopClock();
    await open('/a');
    await exactly(1);
    await page.clock.runFor(14_000);
    await exactly(1);
  });
});
