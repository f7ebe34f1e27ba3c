import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dateRangeOf,
  datesOf,
  daysOf,
  naturalUnit,
  type Period,
  unitsFor,
  wrongDates,
} from '../src/core/period.ts';
import { addDays, wallClock } from '../src/core/zone.ts';

const named = (range: Period, today: string) => datesOf({ range, dates: null }, today);

test('periods end on the site’s today and count inclusively', () => {
  const today = '2026-11-22';
  const cases = [
    ['day', '2026-11-22', '2026-11-22'],
    ['yesterday', '2026-11-21', '2026-11-21'],
    ['7d', '2026-11-16', today],
    ['30d', '2026-10-24', today],
    ['90d', '2026-08-25', today],
    ['month', '2026-11-01', today],
    ['year', '2026-01-01', today],
    ['12mo', '2025-12-01', today],
  ] as const;
  for (const [range, from, to] of cases) assert.deepEqual(named(range, today), [from, to], range);
  assert.equal(named('all', today), null);
  assert.deepEqual(datesOf({ range: 'custom', dates: ['2026-01-01', '2026-01-02'] }, today), [
    '2026-01-01',
    '2026-01-02',
  ]);
  assert.deepEqual(named('yesterday', '2027-01-01'), ['2026-12-31', '2026-12-31']);
  assert.deepEqual(named('month', '2027-01-01'), ['2027-01-01', '2027-01-01']);
});

test('what the server has a name for is asked by it', () => {
  const asked = (range: Period) => dateRangeOf({ range, dates: null }, '2026-11-22');
  assert.deepEqual(
    ['day', '7d', '30d', '90d', '12mo', 'all'].map((range) => asked(range as 'day')),
    ['day', '7d', '30d', '90d', '12mo', 'all'],
  );
  assert.deepEqual(asked('yesterday'), ['2026-11-21', '2026-11-21']);
  assert.deepEqual(asked('year'), ['2026-01-01', '2026-11-22']);
});

test('across every change of clocks a day is a day', () => {
  for (const zone of [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'Pacific/Apia',
  ]) {
    let before = '';
    // Half-hour steps over a year: the site's dates follow each other, each once.
    for (
      let at = Date.parse('2025-12-31T00:00:00Z');
      at < Date.parse('2027-01-02T00:00:00Z');
      at += 1_800_000
    ) {
      const today = wallClock(at, zone).slice(0, 10);
      if (today === before) continue;
      if (before !== '') assert.equal(today, addDays(before, 1), zone);
      assert.equal(daysOf(named('7d', today) ?? ['', '']), 7);
      assert.equal(daysOf(named('30d', today) ?? ['', '']), 30);
      assert.deepEqual(named('yesterday', today), [addDays(today, -1), addDays(today, -1)]);
      before = today;
    }
  }
});

test('dates that are none, or turned round, are told apart', () => {
  assert.equal(wrongDates('2026-11-01', '2026-11-01'), null);
  assert.match(wrongDates('2026-11-02', '2026-11-01') ?? '', /after/);
  for (const odd of ['', '2026-02-30', '1999-12-31', '2101-01-01', '2026-1-1', 'today']) {
    assert.match(wrongDates(odd, '2026-11-01') ?? '', /Choose/, odd);
  }
});

test('every period has points to draw, and its natural unit is one of them', () => {
  for (let days = 1; days <= 40_000; days = Math.ceil(days * 1.3)) {
    const units = unitsFor(days);
    assert.ok(units.length > 0, `${days} days`);
    assert.ok(units.includes(naturalUnit(days)), `${days} days`);
  }
  assert.deepEqual(unitsFor(1), ['hour']);
  assert.deepEqual(unitsFor(7), ['hour', 'day']);
  assert.deepEqual(unitsFor(365), ['day', 'week', 'month']);
});
