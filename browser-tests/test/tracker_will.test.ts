// The built tracker in a real browser: what visitors forbid.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  collector,
  everyTestOnItsOwnPage,
  open,
  page,
  pageViews,
  settle,
  stopClock,
  visit,
} from '../src/tracked_page.ts';
import { waitFor } from '../src/wait.ts';
import type {} from '../../tracker/src/api.ts';

everyTestOnItsOwnPage();

describe('the visitor’s will', () => {
  test('opted out before: nothing is sent at all', async () => {
    await page.addInitScript(() => {
      localStorage.setItem('ut_optout', '1');
    });
    await open('/a');
    await page.evaluate(() => window.ut?.('custom'));
    await page.evaluate(() => {
      history.pushState(null, '', '/b');
    });
    await settle();
    await page.goto('about:blank');
    await settle();
    assert.equal(collector.requests.length, 0);
  });

  test('opting out in an open tab stops everything, also what is waiting', async () => {
    await stopClock();
    await open('/a');
    await page.clock.runFor(1_000);
    await pageViews(1);
    await waitFor('the heartbeat', () => collector.beats().length === 1);
    await page.evaluate(() => {
      window.ut?.('waiting');
      localStorage.setItem('ut_optout', '1');
    });
    await page.clock.runFor(120_000);
    await page.goto('about:blank');
    await settle();
    assert.equal(collector.events().length, 1);
    assert.equal(collector.beats().length, 1);
  });

  test('Global Privacy Control goes along as denied marketing', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true });
    });
    await open('/a');
    await waitFor('event and heartbeat', () => collector.requests.length === 2);
    for (const request of collector.requests) {
      assert.deepEqual(request.body.consent, { marketing: false, personalization: false, source: 'gpc' });
    }
  });

  test('nothing is written to the device', async () => {
    await open('/a');
    await page.evaluate(() => window.ut?.('custom'));
    await waitFor('both events', () => collector.accepted().length === 2);
    const { cookies, origins } = await visit.context.storageState({ indexedDB: true });
    assert.deepEqual([cookies, origins], [[], []]);
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  });

  test('blocked storage stops nothing', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await open('/a');
    await pageViews(1);
    assert.deepEqual(visit.errors, []);
  });
});
