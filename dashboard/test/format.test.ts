import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format as en, printable, readablePath } from '../src/core/format.ts';

test('counts are grouped and shortened only when long', () => {
  assert.equal(en.count(1234567), '1,234,567');
  assert.equal(en.count(12_345_678), '12.35m');
  assert.equal(en.short(950), '950');
  assert.equal(en.short(12_300), '12.3k');
});

test('every metric has its unit', () => {
  assert.equal(en.metric('visitors', 1200), '1,200');
  assert.equal(en.metric('views_per_session', 2.345), '2.3');
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
  assert.equal(en.bucketTick('hour', '2026-03-29T03:00'), '03:00');
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

test('a path is read decoded, and never fails or divides elsewhere', () => {
  assert.equal(readablePath('/gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC%E8%AA%9E'), '/größe/日本語');
  assert.equal(readablePath('/a%20b/100%25'), '/a b/100%');
  assert.equal(readablePath('/100%/gr%C3%B6%C3%9Fe/%C3'), '/100%/größe/%C3');
  assert.equal(readablePath('/a%2Fb%3Fc%23d'), '/a%2Fb%3Fc%23d');
  assert.equal(printable(readablePath('/%E2%80%AEgpj.exe%0a')), '/\\u202egpj.exe\\u000a');
});
