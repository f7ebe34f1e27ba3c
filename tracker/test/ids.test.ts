import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidv7 } from '../src/core/ids.ts';

test('carries version 7, the RFC variant and the time', () => {
  for (const now of [0, 1, 65_535, 65_536, 1_763_800_000_123, 2 ** 48 - 1]) {
    const id = uuidv7(now);
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(parseInt(id.replace('-', '').slice(0, 12), 16), now);
  }
});

test('does not repeat within a millisecond', () => {
  const ids = Array.from({ length: 10_000 }, () => uuidv7(1_763_800_000_123));
  assert.equal(new Set(ids).size, ids.length);
});

test('sorts by time', () => {
  const ids = Array.from({ length: 1_000 }, (_, step) => uuidv7(1_763_800_000_000 + step * 977));
  assert.deepEqual([...ids].sort(), ids);
});
