import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import type { Site } from '../src/core/site.ts';
import { createSeed } from '../src/modules/consent/seed.ts';
import { createMode } from '../src/modules/consent/signals/gcm.ts';

beforeEach(() => {
  mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
});
afterEach(() => {
  mock.timers.reset();
});

/** As `gtag` pushes it. */
function gtag(...words: unknown[]): unknown {
  const push = function () {
    // eslint-disable-next-line prefer-rest-params -- that is what it pushes
    return arguments;
  } as (...words: unknown[]) => unknown;
  return push(...words);
}

test('a default is no choice, and fills in only the other half of an axis that was chosen', () => {
  const mode = createMode();
  const denied = { analytics_storage: 'denied', ad_storage: 'denied', ad_user_data: 'denied' };
  assert.equal(mode(gtag('consent', 'default', denied)), null);
  assert.deepEqual(mode(gtag('consent', 'update', { ad_storage: 'granted' })), {
    ad_storage: 'granted',
    ad_user_data: 'denied',
  });
  assert.deepEqual(mode(['consent', 'update', { ad_user_data: 'granted' }]), {
    ad_storage: 'granted',
    ad_user_data: 'granted',
  });
  // A late default changes nothing of what was chosen, nor does one for a region.
  assert.equal(mode(['consent', 'default', { ad_storage: 'denied' }]), null);
  assert.equal(mode(['consent', 'default', { ad_personalization: 'granted', region: ['DE'] }]), null);
  assert.deepEqual(mode(['consent', 'update', { analytics_storage: 'granted' }]), {
    analytics_storage: 'granted',
    ad_storage: 'granted',
    ad_user_data: 'granted',
  });
});

test('what else is in a data layer is no command', () => {
  const mode = createMode();
  for (const command of [
    null,
    undefined,
    7,
    'consent',
    { event: 'purchase' },
    [],
    ['consent'],
    ['consent', 'update'],
    ['consent', 'update', null],
    ['consent', 'update', 'granted'],
    ['config', 'update', { analytics_storage: 'granted' }],
    ['consent', 'other', { analytics_storage: 'granted' }],
  ])
    assert.equal(mode(command), null, JSON.stringify(command));
  assert.equal(mode(['consent', 'update', { analytics_storage: 1, other: 'granted' }]), null);
});

test('a seed lives ten minutes, and no longer than until the browser is known', () => {
  const site = {} as Site;
  const seed = createSeed(site);
  assert.equal(seed.ids(), undefined);
  seed.sow();
  const first = seed.ids()?.seed;
  assert.match(first ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  site.answer = new Response(null);
  mock.timers.tick(599_999);
  seed.sow();
  assert.equal(seed.ids()?.seed, first);
  mock.timers.tick(1);
  assert.equal(seed.ids(), undefined);
  seed.sow();
  assert.notEqual(seed.ids()?.seed, first);
  site.answer = new Response(null, { headers: { 'X-UT-Id': 'set' } });
  assert.equal(seed.ids(), undefined);
  // An answer of before says nothing of the next.
  seed.sow();
  assert.ok(seed.ids());
  seed.forget();
  assert.equal(seed.ids(), undefined);
});
