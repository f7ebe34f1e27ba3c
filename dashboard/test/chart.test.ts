import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bucket } from '../src/core/buckets.ts';
import { decodeReport } from '../src/core/decode.ts';
import { format as en } from '../src/core/format.ts';
import { labelledBuckets, valueLines } from '../src/modules/sessions/scales.ts';
import { summarise } from '../src/modules/sessions/summary.ts';
import { filled } from './filled.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

function days(values: number[]): Bucket[] {
  return values.map((value, index) => ({
    key: `2026-11-${String(index + 10)}`,
    phase: index === values.length - 1 ? 'current' : 'past',
    row: { visitors: value },
    before: null,
  }));
}

test('value lines reach the top, start at 0 and are few', () => {
  assert.deepEqual(valueLines('visitors', 0), [0, 1]);
  assert.deepEqual(valueLines('visitors', 3), [0, 1, 2, 3]);
  assert.deepEqual(valueLines('visitors', 812), [0, 500, 1000]);
  assert.deepEqual(valueLines('session_duration_s', 170), [0, 60, 120, 180]);
  assert.deepEqual(valueLines('bounce_rate', 0.62), [0, 0.2, 0.4, 0.6, 0.8]);
  for (const most of [1, 7, 9.99, 10, 123, 4_999, 5_000, 1e6, 3.3e9]) {
    for (const metric of ['visitors', 'views_per_session', 'bounce_rate', 'session_duration_s'] as const) {
      const lines = valueLines(metric, most);
      assert.equal(lines[0], 0);
      assert.ok((lines.at(-1) ?? 0) >= most, `${metric} ${most}: ${lines.join()}`);
      assert.ok(lines.length <= 6, `${metric} ${most}: ${lines.join()}`);
    }
  }
});

test('counts never get lines at broken numbers', () => {
  for (let most = 0; most < 50; most++) {
    assert.ok(valueLines('visitors', most).every((line) => Number.isInteger(line)));
  }
});

test('labels fit, and today has one', () => {
  const empty = decodeReport({ rows: [], totals: {}, meta: {} });
  const month = filled(empty, '30d', 'UTC', NOW);
  const shown = labelledBuckets(month, 'day', 8);
  assert.ok(shown.length <= 8);
  assert.equal(shown.at(-1), 29);
  const byDay = decodeReport({ rows: [{ dimensions: { 'time:day': '2026-01-01' }, metrics: {} }] });
  const year = filled(byDay, '12mo', 'UTC', NOW);
  assert.deepEqual(
    labelledBuckets(year, 'day', 12).map((index) => year[index]?.key.slice(8)),
    new Array(12).fill('01'),
  );
  const hours = filled(empty, 'day', 'UTC', NOW);
  assert.deepEqual(labelledBuckets(hours, 'hour', 8), [0, 3, 6, 9, 12, 15, 18, 21]);
});

test('the chart in a sentence', () => {
  assert.equal(
    summarise(days([5, 9, 2, 4]), 'visitors', 'day', en),
    'Highest Wed 11 Nov with 9, lowest Thu 12 Nov with 2. Today so far 4.',
  );
  assert.equal(summarise(days([0, 0, 0]), 'visitors', 'day', en), 'No visitors in this period.');
  assert.equal(summarise(days([3, 3, 1]), 'visitors', 'day', en), 'Every day 3 visitors. Today so far 1.');
  assert.equal(
    summarise(days([0, 0, 6]), 'visitors', 'day', en),
    'No visitors in the 2 days before. Today so far 6.',
  );
  assert.equal(summarise([], 'visitors', 'day', en), 'No visitors in this period.');
});

test('hours of several days are named with their day', () => {
  const meta = { from: '2026-11-20', to: '2026-11-21' };
  const rows = [{ dimensions: { 'time:hour': '2026-11-20T14:00' }, metrics: { visitors: 6 } }];
  const buckets = filled(decodeReport({ rows, totals: {}, meta }), 'day', 'UTC', NOW);
  assert.equal(buckets.length, 48);
  assert.deepEqual(labelledBuckets(buckets, 'hour', 8), [0, 24]);
  assert.match(summarise(buckets, 'visitors', 'hour', en), /^Highest Fri 20 Nov, 14:00 with 6, lowest /);
});
