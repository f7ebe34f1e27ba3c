import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeActivity, decodePresence } from '../src/core/decode.ts';
import { createAnnouncer, displayNow, eventTone, eventWord } from '../src/modules/active_users/display.ts';
import { addActivity, FEED_LENGTH } from '../src/modules/active_users/feed.ts';

test('few people are counted, whatever the average says', () => {
  assert.equal(displayNow(1, 0), 1);
  assert.equal(displayNow(0, 3.2), 0);
  assert.equal(displayNow(99, 250), 99);
});

test('of a crowd the smoothed number is shown, rounded, and never fewer than a crowd', () => {
  assert.equal(displayNow(120, 127.4), 127);
  assert.equal(displayNow(120, 127.5), 128);
  assert.equal(displayNow(120, 3), 100);
});

test('it comes to rest on the raw count', () => {
  assert.equal(displayNow(110, 109.51), 110);
  assert.equal(displayNow(110, 109.4), 109);
});

test('a broken average shows the raw count', () => {
  assert.equal(displayNow(400, NaN), 400);
  assert.equal(displayNow(400, Infinity), 400);
});

test('changes are announced at most every 15 s', () => {
  const announce = createAnnouncer();
  assert.equal(announce(5, 0), 5);
  assert.equal(announce(6, 14_999), null);
  assert.equal(announce(6, 15_000), 6);
  assert.equal(announce(6, 60_000), null);
  assert.equal(announce(7, 60_001), 7);
});

test('presence has 30 minutes, oldest first, whatever the server sends', () => {
  const short = decodePresence({ now: 2, per_minute: [1, 2] });
  assert.equal(short.perMinute.length, 30);
  assert.deepEqual(short.perMinute.slice(-2), [1, 2]);
  assert.equal(short.nowEma, 2);
  const long = decodePresence({ now: 2, now_ema: 1.5, per_minute: Array.from({ length: 40 }, (_, i) => i) });
  assert.deepEqual([long.perMinute.length, long.perMinute[29], long.nowEma], [30, 39, 1.5]);
  assert.deepEqual(decodePresence(null).pages, []);
  assert.equal(decodePresence({ now: 'many', per_minute: [-4] }).perMinute[29], 0);
});

test('the feed is newest first, short, and knows what it has', () => {
  const at = (id: string, ms: number) => decodeActivity({ id, name: 'page_view', page: '/', at: ms });
  let feed = [at('a', 1), at('b', 2), at('a', 1)].reduce(addActivity, []);
  assert.deepEqual(
    feed.map(({ id }) => id),
    ['b', 'a'],
  );
  for (let index = 0; index < 50; index++) feed = addActivity(feed, at(`n${index}`, 10 + index));
  assert.equal(feed[0]?.id, 'n49');
  assert.equal(feed.length, FEED_LENGTH);
});

test('an event’s time may be a number or text', () => {
  assert.equal(decodeActivity({ at: 1_763_800_000_123 }).at, 1_763_800_000_123);
  assert.equal(decodeActivity({ at: '2026-11-22T12:00:00Z' }).at, Date.parse('2026-11-22T12:00:00Z'));
});

test('event names for people', () => {
  assert.equal(eventWord('add_to_cart'), 'Added to cart');
  assert.equal(eventWord('size_guide_opened'), 'size guide opened');
  assert.equal(eventWord('constructor'), 'constructor');
  assert.deepEqual(['purchase', 'begin_checkout', 'page_view'].map(eventTone), ['sale', 'cart', 'plain']);
});
