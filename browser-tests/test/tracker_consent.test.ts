// The built tracker in a real browser: what visitors choose reaches the server, whatever happens on the way.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MEASURED, NOTHING, choices, door, listening, posted } from '../src/choosing_page.ts';
import { SITE_KEY } from '../src/collector.ts';
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
import type { Choice } from '../../tracker/npm/src/ut.ts';

everyTestOnItsOwnPage();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const choose = (choice: Choice): Promise<unknown> =>
  page.evaluate((said) => window.ut?.consent?.(said), choice);
const emit = (name: string): Promise<void> => page.evaluate((said) => window.ut?.(said), name);
const carrying = (name: string): Promise<Record<string, unknown>> =>
  waitFor(`the event ${name}`, () =>
    collector.requests.find(({ body }) => (body.events ?? []).some((event) => event.name === name)),
  ).then(({ body }) => body as unknown as Record<string, unknown>);

/** The same while the clock stands: requests are answered when they are, and the next one waits for that. */
async function timely(name: string): Promise<Record<string, unknown>> {
  await waitFor(`the event ${name}`, async () => {
    await page.clock.runFor(250);
    return collector.events(name).length;
  });
  return carrying(name);
}

describe('a choice', () => {
  test('is posted with its time and a seed, and what holds now comes back', async () => {
    collector.answerWith(door(MEASURED));
    await open('/a');
    const before = Date.now();
    assert.deepEqual(await choose({ analytics: true, marketing: true, policy_version: '7' }), MEASURED);
    const [said] = choices();
    assert.ok(said && choices().length === 1);
    const { sent_at: sentAt = 0, consent, ids, ...rest } = said;
    const { at = 0, ...axes } = consent;
    assert.deepEqual(rest, { site: SITE_KEY });
    assert.deepEqual(axes, { analytics: true, marketing: true, policy_version: '7', source: 'api' });
    assert.match(ids?.seed ?? '', UUID);
    assert.ok(before <= at && at <= sentAt && sentAt <= Date.now());
  });

  test('goes along with what is sent after it, and with what was waiting', async () => {
    collector.answerWith(door(MEASURED));
    await open('/a');
    await pageViews(1);
    await page.evaluate(() => {
      window.ut?.('waiting');
      void window.ut?.consent?.({ analytics: true, personalization: false, policy_version: '7' });
    });
    const { consent, ids } = await carrying('waiting');
    const [said] = choices();
    assert.deepEqual(consent, {
      analytics: true,
      personalization: false,
      source: 'api',
      at: said?.consent.at,
    });
    assert.deepEqual(ids, said?.ids);
    const first = collector.requests.find(({ url }) => url === '/ut/e')?.body;
    assert.deepEqual([first?.consent, (first as { ids?: unknown }).ids], [{}, undefined]);
  });

  test('the seed is forgotten once the server knows the browser, and ten minutes after it was made', async () => {
    await stopClock();
    collector.answerWith(door(MEASURED));
    await open('/a');
    const chosen = choose({ analytics: true });
    await waitFor('the choice', () => choices().length);
    await chosen;
    for (const [name, later, seeded] of [
      ['first', 1_000, true],
      ['second', 590_000, true],
      ['third', 10_000, false],
    ] as const) {
      await page.clock.runFor(later);
      await emit(name);
      const { ids } = await timely(name);
      assert.deepEqual(ids, seeded ? choices()[0]?.ids : undefined, name);
    }
    // Another one, for another ten minutes; and the browser has got its cookie.
    collector.answerWith(door(MEASURED, true));
    await choose({ analytics: true });
    await emit('fourth');
    assert.deepEqual((await timely('fourth'))['ids'], choices()[1]?.ids);
    assert.notDeepEqual(choices()[0]?.ids, choices()[1]?.ids);
    await waitFor('it is answered', () => collector.accepted('fourth').length);
    await settle();
    await emit('fifth');
    assert.equal((await timely('fifth'))['ids'], undefined);
  });

  test('taken back, it is not given away: no seed, and events waiting are sent with the denial', async () => {
    collector.answerWith(door(() => (choices().length > 1 ? NOTHING : MEASURED)));
    await open('/a');
    await choose({ analytics: true });
    await page.evaluate(() => {
      window.ut?.('waiting');
      void window.ut?.consent?.({ analytics: false });
    });
    const { consent, ids } = await carrying('waiting');
    assert.equal((consent as { analytics: boolean }).analytics, false);
    assert.equal(ids, undefined);
    await waitFor('the denial', () => choices().length === 2);
    assert.equal(choices()[1]?.ids, undefined);
  });

  test('Global Privacy Control stands above it', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true });
    });
    collector.answerWith(door(MEASURED));
    await open('/a');
    await choose({ analytics: true, marketing: true, personalization: true });
    await emit('custom');
    const { at, ...consent } = (await carrying('custom'))['consent'] as { at: number };
    assert.ok(at > 0);
    assert.deepEqual(consent, { analytics: true, marketing: false, personalization: false, source: 'api' });
  });

  test('nothing is fetched for it where nobody chooses, and nothing is kept on the device', async () => {
    const asked = listening();
    collector.answerWith(door(MEASURED));
    await open('/a');
    await pageViews(1);
    await settle();
    assert.deepEqual(
      asked.filter((path) => path.includes('choice')),
      [],
    );
    await choose({ analytics: true });
    await choose({ analytics: false });
    assert.deepEqual(
      asked.filter((path) => path.includes('choice')),
      ['/ut/ut-choice.js'],
    );
    const { cookies, origins } = await visit.context.storageState({ indexedDB: true });
    assert.deepEqual([cookies, origins, visit.errors], [[], [], []]);
  });
});

describe('on its way', () => {
  test('choices come one after the other, each with its own answer', async () => {
    const given: (() => void)[] = [];
    collector.answerWith(({ url, body }) => {
      const { analytics } = body.consent;
      const answer = { status: 200, body: JSON.stringify({ consent: { ...NOTHING, analytics } }) };
      return url === '/ut/consent'
        ? new Promise((done) =>
            given.push(() => {
              done(answer);
            }),
          )
        : { status: 202 };
    });
    await open('/a');
    const answers = page.evaluate(() =>
      Promise.all([true, false, true].map(async (analytics) => window.ut?.consent?.({ analytics }))),
    );
    for (const count of [1, 2, 3]) {
      await waitFor(`choice ${count}`, () => given.length === count);
      await settle();
      assert.equal(choices().length, count);
      given[count - 1]?.();
    }
    assert.deepEqual(
      choices().map(({ consent }) => consent['analytics']),
      [true, false, true],
    );
    assert.deepEqual(await answers, [MEASURED, NOTHING, MEASURED]);
  });

  test('a denial that does not arrive is sent again with the same time, never before Retry-After', async () => {
    await stopClock();
    const failures = [{ status: 500 }, { status: 503 }, { status: 429, headers: { 'Retry-After': '60' } }];
    const answers = [...failures];
    collector.answerWith((request) => {
      const failure = request.url === '/ut/consent' ? answers.shift() : undefined;
      return failure ?? door(NOTHING)(request);
    });
    await open('/a');
    const chosen = choose({ analytics: false });
    for (const [index, wait] of [1_500, 3_000, 60_000].entries()) {
      await waitFor(`attempt ${index + 1}`, () => choices().length === index + 1);
      await settle();
      if (wait === 60_000) {
        await page.clock.runFor(59_000);
        await settle();
        assert.equal(choices().length, index + 1);
      }
      await page.clock.runFor(wait === 60_000 ? 1_100 : wait);
    }
    await waitFor('the last attempt', () => choices().length === failures.length + 1);
    assert.equal(new Set(choices().map(({ consent }) => consent.at)).size, 1);
    assert.equal(new Set(choices().map(({ sent_at: sentAt }) => sentAt)).size, failures.length + 1);
    // Who waited has gone on after three seconds.
    assert.equal(await chosen, null);
  });

  test('what still waits goes out when the page is left', async () => {
    collector.answerWith(({ url }) => (url === '/ut/consent' ? { status: 503 } : { status: 202 }));
    await open('/a');
    await page.evaluate(() => void window.ut?.consent?.({ analytics: false }));
    await waitFor('the first attempt', () => choices().length === 1);
    await page.goto('about:blank');
    await waitFor('the last', () => choices().length === 2);
  });

  test('a script that did not come is fetched again, and nothing is sent in between', async () => {
    await stopClock();
    let down = true;
    await page.route('**/ut-choice.js', (route) => (down ? route.abort() : route.continue()));
    collector.answerWith(door(NOTHING));
    await open('/a');
    await page.clock.runFor(1_000);
    await pageViews(1);
    await page.evaluate(() => {
      void window.ut?.consent?.({ analytics: false });
      window.ut?.('after');
    });
    await page.clock.runFor(5_000);
    await settle();
    assert.equal(collector.events('after').length, 0);
    down = false;
    await page.clock.runFor(31_000);
    await waitFor('the denial', () => choices().length === 1);
    assert.equal(((await timely('after'))['consent'] as { analytics: boolean }).analytics, false);
  });
});

describe('opting out', () => {
  test('is told to the server; what waits, choices too, is never sent', async () => {
    collector.answerWith(({ url }) => ({ status: url === '/ut/consent' ? 503 : 202 }));
    await open('/a');
    await pageViews(1);
    const before = collector.events().length;
    await page.evaluate(() => void window.ut?.consent?.({ analytics: true }));
    await waitFor('the choice', () => choices().length === 1);
    await page.evaluate(() => {
      window.ut?.('waiting');
      window.ut?.optOut?.();
    });
    await waitFor('it is told', () => posted('/ut/opt-out').length === 1);
    assert.deepEqual(posted('/ut/opt-out'), [{ site: SITE_KEY, opted_out: true }]);
    assert.deepEqual(await choose({ analytics: true }), NOTHING);
    await page.waitForTimeout(2_500);
    assert.deepEqual([choices().length, collector.events().length], [1, before]);
  });

  test('is taken back, here and there', async () => {
    await open('/a');
    await pageViews(1);
    await page.evaluate(() => window.ut?.optOut?.());
    await waitFor('it is told', () => posted('/ut/opt-out').length === 1);
    await page.evaluate(() => window.ut?.optIn?.());
    await waitFor('that, too', () => posted('/ut/opt-out').length === 2);
    assert.deepEqual(posted('/ut/opt-out')[1], { site: SITE_KEY, opted_out: false });
    await emit('again');
    await carrying('again');
    assert.deepEqual((await visit.context.storageState()).origins, []);
  });
});
