import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attended } from '../src/modules/page_analytics/attention.ts';

test('looking lasts for a minute after the last touch', () => {
  assert.equal(attended(1_000, 5_000, 1_000), 4_000, 'touched when it began');
  assert.equal(attended(1_000, 61_000, 1_000), 60_000);
  assert.equal(attended(1_000, 3_600_000, 1_000), 60_000, 'and then somebody went away');
  assert.equal(attended(30_000, 90_000, 1_000), 31_000, 'counted until then already');
  assert.equal(attended(70_000, 90_000, 1_000), 0, 'nobody came back');
  assert.equal(attended(70_000, 90_000, 70_000), 20_000, 'somebody came back');
});
