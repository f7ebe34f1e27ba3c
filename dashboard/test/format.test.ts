import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFormat, printable } from '../src/core/format.ts';

const en = createFormat('en-GB');
const us = createFormat('en-US');
const de = createFormat('de-DE');

test('counts are grouped the reader’s way and shortened only when long', () => {
  assert.equal(en.count(1234567), '1,234,567');
  assert.equal(de.count(1234567), '1.234.567');
  assert.equal(us.count(12_345_678), '12.35M');
  assert.equal(en.short(950), '950');
  assert.equal(us.short(12_300), '12.3K');
});

test('every metric has its unit', () => {
  assert.equal(en.metric('visitors', 1200), '1,200');
  assert.equal(en.metric('views_per_session', 2.345), '2.3');
  assert.equal(de.metric('views_per_session', 2), '2,0');
  assert.equal(en.metric('bounce_rate', 0.4161), '42%');
  assert.equal(en.metric('bounce_rate', 0), '0%');
  assert.equal(en.metric('session_duration_s', 154), '2m 34s');
  assert.equal(en.metric('session_duration_s', 59.6), '1m 0s');
  assert.equal(en.metric('session_duration_s', 7), '7s');
  assert.equal(en.metric('session_duration_s', 3725), '1h 2m');
});

test('no value is a dash, never NaN or 0', () => {
  assert.equal(en.metric('bounce_rate', null), '–');
  assert.equal(en.metric('bounce_rate', undefined), '–');
  assert.equal(en.metric('visitors', NaN), '–');
  assert.equal(en.metric('visitors', 0), '0');
});

test('a bucket is named by its own wall-clock time, whatever zone this computer is in', () => {
  assert.equal(en.bucket('day', '2026-11-22'), 'Sun 22 Nov');
  assert.match(en.bucket('hour', '2026-11-22T14:00'), /^Sun 22 Nov, 14:00$/);
  assert.equal(en.bucket('month', '2026-11'), 'November 2026');
  assert.equal(en.bucketTick('day', '2026-03-29'), '29 Mar');
  assert.equal(de.bucketTick('hour', '2026-03-29T03:00'), '03:00');
  assert.equal(us.bucketTick('hour', '2026-03-29T15:00').replace(/\s/, ' '), '3:00 PM');
});

test('times are told in the site’s zone', () => {
  const at = Date.parse('2026-11-22T12:05:09Z');
  assert.equal(en.timeWithSeconds(at, 'Europe/Berlin'), '13:05:09');
  assert.equal(en.time(at, 'America/New_York'), '07:05');
});

test('hostile text stays on its line and in its direction', () => {
  assert.equal(printable('/a\nb'), '/a\\u000ab');
  assert.equal(printable('/\u202egpj.exe'), '/\\u202egpj.exe');
  assert.equal(printable('/\u200bx\u0000'), '/\\u200bx\\u0000');
  assert.equal(printable('<img src=x onerror=alert(1)>'), '<img src=x onerror=alert(1)>');
  assert.equal(printable('/größe/日本語/שלום/👩‍👧'), '/größe/日本語/שלום/👩‍👧');
});
