import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRefresher, REFRESH_MS, THROTTLE_MS, type Timers } from '../src/core/refresh.ts';

/** A clock that moves only when told to. */
function handClock() {
  let now = 0;
  let planned: { at: number; run: () => void }[] = [];
  const timers: Timers = {
    now: () => now,
    after: (ms, run) => {
      const entry = { at: now + ms, run };
      planned.push(entry);
      return () => {
        planned = planned.filter((other) => other !== entry);
      };
    },
  };
  const advance = (ms: number) => {
    const end = now + ms;
    for (;;) {
      const next = planned.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      planned = planned.filter((other) => other !== next);
      now = next.at;
      next.run();
    }
    now = end;
  };
  return { timers, advance, now: () => now };
}

function watched() {
  const clock = handClock();
  const refresher = createRefresher(clock.timers);
  const times: number[] = [];
  refresher.subscribe(() => times.push(clock.now()));
  return { ...clock, refresher, times };
}

test('every ten seconds', () => {
  const { advance, times } = watched();
  advance(3 * REFRESH_MS);
  assert.deepEqual(times, [10_000, 20_000, 30_000]);
});

test('activity refreshes at once, a burst of it once per three seconds', () => {
  const { advance, times, refresher } = watched();
  advance(5_000);
  refresher.nudge();
  advance(0);
  assert.deepEqual(times, [5_000]);
  for (let index = 0; index < 40; index++) {
    advance(100);
    refresher.nudge();
  }
  assert.deepEqual(times, [5_000, 5_000 + THROTTLE_MS]);
  advance(20_000);
  // The last nudge of the burst is honoured, then the ordinary beat goes on.
  assert.deepEqual(times.slice(2), [11_000, 21_000]);
});

test('a hidden tab rests and catches up when it comes back', () => {
  const { advance, times, refresher } = watched();
  refresher.setVisible(false);
  advance(60_000);
  refresher.nudge();
  assert.deepEqual(times, []);
  refresher.setVisible(true);
  advance(0);
  assert.deepEqual(times, [60_000]);
  advance(REFRESH_MS);
  assert.deepEqual(times, [60_000, 70_000]);
});

test('after stop nothing runs', () => {
  const { advance, times, refresher } = watched();
  refresher.stop();
  advance(60_000);
  assert.deepEqual(times, []);
});
