import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, addMonths, hoursOf, knownZone, monday, wallClock } from '../src/core/zone.ts';

test('wall clock of an instant', () => {
  const at = Date.parse('2026-11-22T23:30:00Z');
  assert.equal(wallClock(at, 'Europe/Berlin'), '2026-11-23T00:30');
  assert.equal(wallClock(at, 'America/Los_Angeles'), '2026-11-22T15:30');
  assert.equal(wallClock(at, 'Asia/Kolkata'), '2026-11-23T05:00');
  assert.equal(wallClock(at, 'Pacific/Kiritimati'), '2026-11-23T13:30');
});

test('midnight is 00, never 24', () => {
  assert.equal(wallClock(Date.parse('2026-11-22T23:00:00Z'), 'Europe/Berlin'), '2026-11-23T00:00');
});

test('an ordinary day has 24 hours', () => {
  const hours = hoursOf('2026-11-22', 'Europe/Berlin');
  assert.equal(hours.length, 24);
  assert.equal(hours[0], '2026-11-22T00:00');
  assert.equal(hours[23], '2026-11-22T23:00');
});

test('the day clocks go forward lacks an hour', () => {
  const hours = hoursOf('2026-03-29', 'Europe/Berlin');
  assert.equal(hours.length, 23);
  assert.ok(!hours.includes('2026-03-29T02:00'));
  assert.ok(!hoursOf('2026-03-08', 'America/New_York').includes('2026-03-08T02:00'));
});

test('the day clocks go back names its repeated hour once', () => {
  assert.equal(hoursOf('2026-10-25', 'Europe/Berlin').length, 24);
});

test('a zone that moves by half an hour keeps all its hours', () => {
  assert.equal(hoursOf('2026-10-04', 'Australia/Lord_Howe').length, 24);
  assert.equal(hoursOf('2026-04-05', 'Australia/Lord_Howe').length, 24);
});

test('a day that begins at one o’clock has no midnight', () => {
  // Cuba's clocks go forward at midnight.
  assert.equal(hoursOf('2026-03-08', 'America/Havana')[0], '2026-03-08T01:00');
});

test('the far ends of the world have 24 hours', () => {
  assert.equal(hoursOf('2026-11-22', 'Pacific/Kiritimati').length, 24);
  assert.equal(hoursOf('2026-11-22', 'Etc/GMT+12').length, 24);
});

test('dates move across months, years and leap days', () => {
  assert.equal(addDays('2026-01-01', -1), '2025-12-31');
  assert.equal(addDays('2028-02-28', 1), '2028-02-29');
  assert.equal(addDays('2026-03-28', 2), '2026-03-30');
  assert.equal(addMonths('2026-01-31', -11), '2025-02-01');
  assert.equal(addMonths('2026-11-22', 2), '2027-01-01');
});

test('weeks begin on Monday', () => {
  assert.equal(monday('2026-11-22'), '2026-11-16');
  assert.equal(monday('2026-11-23'), '2026-11-23');
});

test('an unknown zone becomes UTC instead of an error', () => {
  assert.equal(knownZone('Mars/Olympus'), 'UTC');
  assert.equal(knownZone('Europe/Berlin'), 'Europe/Berlin');
});
