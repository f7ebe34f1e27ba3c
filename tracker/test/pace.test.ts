import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, batchSize, retryAfter } from '../src/core/pace.ts';

test('Retry-After is read as seconds or as a date', () => {
  assert.equal(retryAfter('7'), 7_000);
  const wait = retryAfter(new Date(Date.now() + 60_000).toUTCString());
  assert.ok(wait > 50_000 && wait <= 60_000, String(wait));
});

test('a Retry-After that says nothing, or lies in the past, waits for nothing', () => {
  for (const header of [null, '', 'soon', '-5', '0', new Date(0).toUTCString()])
    assert.ok(retryAfter(header) <= 0, String(header));
});

test('no Retry-After overflows a timer', () => {
  assert.ok(retryAfter('99999999999') < 2 ** 31);
});

test('the back-off doubles, is jittered by half to either side, and has a ceiling', () => {
  assert.equal(backoff(0, 0.5), 1_000);
  assert.equal(backoff(3, 0.5), 8_000);
  assert.deepEqual([backoff(0, 0), backoff(0, 1)], [500, 1_500]);
  assert.equal(backoff(1_000, 0.5), 300_000);
});

test('a batch ends at 20 events or 16,000 characters, and never has none', () => {
  const of = (length: number, count: number): string[] =>
    Array.from({ length: count }, () => 'x'.repeat(length));
  assert.equal(batchSize([]), 0);
  assert.equal(batchSize(of(10, 3)), 3);
  assert.equal(batchSize(of(10, 20)), 20);
  assert.equal(batchSize(of(10, 21)), 20);
  assert.equal(batchSize(of(5_000, 9)), 3);
  assert.equal(batchSize(of(50_000, 2)), 1);
});
