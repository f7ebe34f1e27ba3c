import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, unitOf, valueBefore, valueOf, type Bucket } from '../src/core/buckets.ts';
import { decodeReport } from '../src/core/decode.ts';
import type { Report } from '../src/core/api.ts';
import { filled } from './filled.ts';

const BERLIN = 'Europe/Berlin';

function report(unit: string, visitors: Record<string, number> | [string, number][], meta = {}): Report {
  const entries = Array.isArray(visitors) ? visitors : Object.entries(visitors);
  const rows = entries.map(([key, value]) => ({
    dimensions: { [`time:${unit}`]: key },
    metrics: { visitors: value, bounce_rate: 0.5 },
  }));
  return decodeReport({ rows, totals: {}, meta });
}

function visitorsAt(buckets: Bucket[], index: number): number | null {
  const bucket = buckets[index];
  assert.ok(bucket, `no bucket ${index}`);
  return valueOf(bucket, 'visitors', true);
}

const keys = (buckets: { key: string }[]) => buckets.map(({ key }) => key);

test('missing days are there, in order, and end on the site’s today', () => {
  // 23:30 UTC is already Monday in Berlin.
  const now = Date.parse('2026-11-22T23:30:00Z');
  const buckets = filled(report('day', { '2026-11-20': 7 }), '7d', BERLIN, now);
  assert.deepEqual(keys(buckets), [
    '2026-11-17',
    '2026-11-18',
    '2026-11-19',
    '2026-11-20',
    '2026-11-21',
    '2026-11-22',
    '2026-11-23',
  ]);
  assert.equal(buckets[6]?.phase, 'current');
  assert.deepEqual(
    buckets.map((bucket) => valueOf(bucket, 'visitors', true)),
    [0, 0, 0, 7, 0, 0, 0],
  );
  // There is no bounce rate where there are no sessions.
  assert.deepEqual(
    buckets.map((bucket) => valueOf(bucket, 'bounce_rate', false)),
    [null, null, null, 0.5, null, null, null],
  );
});

test('across both clock changes every day appears once', () => {
  const now = Date.parse('2026-11-05T12:00:00Z');
  const buckets = filled(report('day', { '2026-01-01': 1 }), '12mo', BERLIN, now);
  assert.equal(buckets[0]?.key, '2025-12-01');
  assert.equal(buckets.at(-1)?.key, '2026-11-05');
  assert.equal(new Set(keys(buckets)).size, buckets.length);
  assert.equal(buckets.length, 340);
});

test('30 and 90 days are that many days', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  assert.equal(filled(report('day', {}), '30d', BERLIN, now).length, 30);
  assert.equal(filled(report('day', {}), '90d', 'America/New_York', now).length, 90);
});

test('today by the hour: the coming hours have no value, not zero', () => {
  const now = Date.parse('2026-11-22T13:20:00Z');
  const buckets = filled(report('hour', { '2026-11-22T09:00': 4 }), 'day', BERLIN, now);
  assert.equal(buckets.length, 24);
  assert.equal(visitorsAt(buckets, 9), 4);
  assert.equal(visitorsAt(buckets, 13), 0);
  assert.equal(buckets[14]?.phase, 'current');
  assert.equal(visitorsAt(buckets, 15), null);
});

test('the day without 02:00 has 23 buckets', () => {
  const buckets = filled(report('hour', {}), 'day', BERLIN, Date.parse('2026-03-29T20:00:00Z'));
  assert.equal(buckets.length, 23);
  assert.deepEqual(keys(buckets).slice(1, 3), ['2026-03-29T01:00', '2026-03-29T03:00']);
});

test('the repeated hour keeps both of its rows, and is one bucket when the server made it one', () => {
  const now = Date.parse('2026-10-25T20:00:00Z');
  const two = filled(
    report('hour', [
      ['2026-10-25T02:00', 3],
      ['2026-10-25T02:00', 5],
    ]),
    'day',
    BERLIN,
    now,
  );
  assert.equal(two.length, 25);
  assert.deepEqual(
    two.slice(1, 5).map((bucket) => valueOf(bucket, 'visitors', true)),
    [0, 3, 5, 0],
  );
  assert.equal(filled(report('hour', { '2026-10-25T02:00': 8 }), 'day', BERLIN, now).length, 24);
});

test('the server’s dates win over this computer’s clock', () => {
  const late = Date.parse('2027-01-01T12:00:00Z');
  const meta = { from: '2026-11-16', to: '2026-11-22' };
  const buckets = filled(report('day', {}, meta), '7d', BERLIN, late);
  assert.deepEqual([buckets[0]?.key, buckets.at(-1)?.key], ['2026-11-16', '2026-11-22']);
});

test('a clock that is behind does not hide the newest row', () => {
  const meta = { from: '2026-11-22', to: '2026-11-22' };
  const behind = Date.parse('2026-11-22T08:59:00Z');
  const buckets = filled(report('hour', { '2026-11-22T10:00': 2 }, meta), 'day', BERLIN, behind);
  assert.equal(buckets[10]?.phase, 'current');
  assert.equal(visitorsAt(buckets, 10), 2);
});

test('weeks and months', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const months = filled(report('month', { '2026-02-01': 9 }), '12mo', BERLIN, now);
  assert.equal(months.length, 12);
  assert.equal(visitorsAt(months, 2), 9);
  assert.equal(months.at(-1)?.phase, 'current');
  const weeks = filled(report('week', { '2026-11-16': 1 }), '30d', BERLIN, now);
  assert.equal(weeks[0]?.key, '2026-10-19');
  assert.equal(weeks.at(-1)?.phase, 'current');
});

test('ClickHouse’s own way of writing an hour is understood', () => {
  const now = Date.parse('2026-11-22T20:00:00Z');
  const buckets = filled(report('hour', { '2026-11-22 09:00:00': 4 }), 'day', BERLIN, now);
  assert.equal(visitorsAt(buckets, 9), 4);
});

test('absurd rows neither crash nor make a million buckets', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const odd = report('day', { '0001-01-01': 1, 'not a date': 2, '': 3, '9999-12-31': 4 });
  assert.equal(filled(odd, '7d', BERLIN, now).length, 7);
  const wide = report('day', {}, { from: '1000-01-01', to: '9999-01-01' });
  assert.ok(filled(wide, '7d', BERLIN, now).length <= 1001);
});

test('the unit is what was asked for', () => {
  assert.equal(unitOf(['time:month']), 'month');
  assert.equal(unitOf(['source', 'time:hour']), 'hour');
  assert.equal(unitOf([]), 'day');
});

test('each bucket has its own of the time before, and none where that had none', () => {
  const meta = { from: '2026-11-21', to: '2026-11-22' };
  const rows = [
    { dimensions: { 'time:day': '2026-11-21' }, metrics: { visitors: 3 }, compare: { visitors: 5 } },
    { dimensions: { 'time:day': '2026-11-22' }, metrics: { visitors: 1 }, compare: { visitors: null } },
  ];
  const compared = decodeReport({ rows, totals: {}, meta });
  const buckets = fill(compared, 'day', BERLIN, Date.parse('2026-11-22T20:00:00Z'));
  assert.deepEqual(
    buckets.map((bucket) => valueBefore(bucket, 'visitors')),
    [5, null],
  );
});

test('today so far says until when it is compared', () => {
  const compared = (compare: unknown) =>
    decodeReport({ rows: [], totals: {}, meta: { compare } }).meta.compare;
  const [from, to, until] = ['2026-11-21', '2026-11-21', '2026-11-21T10:42'];
  assert.deepEqual(compared({ from, to, until }), { dates: [from, to], until });
  assert.deepEqual(compared({ from, to }), { dates: [from, to], until: null });
  assert.equal(compared(undefined), null);
});

test('without sessions there is no rate, which is not a rate of 0', () => {
  const { totals } = decodeReport({
    totals: { sessions: 0, bounce_rate: null, session_duration_s: null, page_views: 3 },
  });
  assert.deepEqual(
    [totals['bounce_rate'], totals['session_duration_s'], totals['page_views']],
    [null, null, 3],
  );
});
