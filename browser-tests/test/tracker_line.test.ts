// The built tracker in a real browser: events wait, are tried again, and outlive their page.
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
  visit,
} from '../src/tracked_page.ts';
import { waitFor } from '../src/wait.ts';
import type {} from '../../tracker/src/api.ts';

everyTestOnItsOwnPage();

describe('the line', () => {
  for (const [what, leave] of [
    ['closed', () => page.close()],
    ['left', () => page.goto('about:blank')],
    ['hidden', () => setHidden(true)],
  ] as const) {
    test(`an event made just before the page is ${what} arrives once`, async () => {
      await open('/a');
      await pageViews(1);
      await page.evaluate(() => window.ut?.('last'));
      await leave();
      await waitFor('the last event', () => collector.accepted('last').length > 0);
      await settle();
      assert.equal(collector.events('last').length, 1);
    });

    test(`events waiting behind an unanswered request arrive when the page is ${what}`, async () => {
      let answer = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        answer = resolve;
      });
      collector.answerWith(async ({ body }) => {
        if (body.events?.some((event) => event.name === 'page_view')) await held;
        return { status: 202 };
      });
      await open('/a');
      await pageViews(1);
      await page.evaluate(() => window.ut?.('waiting'));
      await settle();
      assert.equal(collector.events('waiting').length, 0, 'one request in flight until the first answer');
      await leave();
      await waitFor('the waiting event', () => collector.accepted('waiting').length === 1);
      answer();
      await waitFor('the first answer', () => collector.accepted('page_view').length === 1);
    });
  }

  for (const status of [0, 429, 500, 503]) {
    test(`${status === 0 ? 'a cut connection' : `a ${status}`} is tried again with the same ids and a new time`, async () => {
      let refusals = 0;
      collector.answerWith(({ url }) => ({ status: url === '/ut/p' || refusals++ >= 2 ? 202 : status }));
      await open('/a');
      await waitFor('the accepted event', () => collector.accepted('page_view').length > 0);
      await settle();
      const sent = collector.requests.filter((request) => request.url === '/ut/e');
      // A cut connection may be tried again by the browser itself as well.
      assert.ok(status === 0 ? sent.length >= 2 : sent.length === 3, `${sent.length} attempts`);
      assert.equal(collector.accepted('page_view').length, 1);
      assert.equal(new Set(collector.events().map((event) => event.id)).size, 1);
      assert.equal(new Set(collector.events().map((event) => event.ts)).size, 1);
      assert.ok(Number(sent.at(-1)?.body.sent_at) > Number(sent[0]?.body.sent_at));
    });
  }

  test('while the browser is offline events wait; back online they go', async () => {
    await open('/a');
    await waitFor('the page view', () => collector.accepted('page_view').length === 1);
    await visit.context.setOffline(true);
    await page.evaluate(() => window.ut?.('offline_one'));
    await settle();
    await page.evaluate(() => window.ut?.('offline_two'));
    await settle();
    assert.equal(collector.events().length, 1);
    await visit.context.setOffline(false);
    await waitFor('both events', () => collector.accepted().length === 3);
    assert.deepEqual(
      collector.accepted().map((event) => event.name),
      ['page_view', 'offline_one', 'offline_two'],
    );
  });

  for (const status of [400, 401, 403, 404, 413]) {
    test(`a ${status} is final, and the next event is sent`, async () => {
      collector.answerWith(() => ({ status }));
      await stopClock();
      await open('/a');
      await page.clock.runFor(1_000);
      await pageViews(1);
      await settle();
      await page.clock.runFor(900_000);
      await settle();
      assert.equal(collector.events('page_view').length, 1);
      await page.evaluate(() => window.ut?.('next'));
      await page.clock.runFor(1_000);
      await waitFor('the next event', () => collector.events('next').length === 1);
      assert.equal(collector.events('page_view').length, 1);
    });
  }

  test('Retry-After is waited out, also when the page is hidden', async () => {
    collector.answerWith(({ url }) =>
      url === '/ut/p' ? { status: 204 } : { status: 503, headers: { 'Retry-After': '120' } },
    );
    await stopClock();
    await open('/a');
    await page.clock.runFor(1_000);
    await waitFor('the refusal', () => collector.requests.some((request) => request.status === 503));
    await settle();
    collector.answerWith(() => ({ status: 202 }));
    await page.clock.runFor(100_000);
    await setHidden(true);
    await settle();
    assert.equal(collector.events().length, 1);
    await page.clock.runFor(25_000);
    await waitFor('the second attempt', () => collector.accepted('page_view').length === 1);
  });

  test('at most 200 events wait, in requests of at most 20; the oldest go first', async () => {
    await open('/a');
    await waitFor('the page view', () => collector.accepted('page_view').length === 1);
    await visit.context.setOffline(true);
    await page.evaluate(() => {
      for (let step = 0; step < 250; step++) window.ut?.(`step_${step}`);
    });
    await settle();
    await visit.context.setOffline(false);
    await waitFor('200 events', () => collector.accepted().length === 201);
    await settle();
    const names = collector.accepted().map((event) => event.name);
    assert.deepEqual(
      names.slice(1),
      Array.from({ length: 200 }, (_, step) => `step_${step + 50}`),
    );
    assert.ok(collector.requests.every((request) => (request.body.events?.length ?? 0) <= 20));
  });

  test('an event too long to outlive the page is still sent', async () => {
    await open('/a');
    await page.evaluate(() => window.ut?.('long', { text: 'x'.repeat(100_000) }));
    await waitFor('the long event', () => collector.accepted('long').length === 1);
  });

  test('only fetch is used, never a beacon: outliving the page, with credentials and no query', async () => {
    const kinds = new Set<string>();
    page.on('request', (request) => {
      if (request.method() === 'POST') kinds.add(request.resourceType());
    });
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'sendBeacon', {
        value: () => {
          throw new Error('a beacon was sent');
        },
      });
    });
    await page.addInitScript(() => {
      const original = window.fetch.bind(window);
      window.fetch = (input, init) => {
        if (!init?.keepalive) throw new Error('a request would not outlive its page');
        return original(input, init);
      };
    });
    await visit.context.addCookies([{ name: '_ut_id', value: 'x', url: collector.url }]);
    await open('/a');
    await pageViews(1);
    await page.evaluate(() => window.ut?.('last'));
    await setHidden(true);
    await open('/b');
    await pageViews(2);
    assert.deepEqual([...kinds], ['fetch']);
    assert.deepEqual(visit.errors, []);
    for (const request of collector.requests) {
      assert.equal(request.headers.cookie, '_ut_id=x');
      assert.doesNotMatch(request.url, /\?/);
    }
  });
});
