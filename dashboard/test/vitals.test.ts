import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuredIn, rate, sharesOf, spell, VITALS, VITAL } from '../src/modules/performance/vitals.ts';

test('a value is good up to the first bound and poor beyond the second', () => {
  const bounds = {
    lcp: [2500, 4000],
    inp: [200, 500],
    cls: [0.1, 0.25],
    fcp: [1800, 3000],
    ttfb: [800, 1800],
  };
  for (const vital of VITALS) {
    const [good = 0, poor = 0] = bounds[vital];
    assert.deepEqual([...VITAL[vital].bounds], [good, poor]);
    const near = vital === 'cls' ? 0.001 : 1;
    assert.deepEqual(
      [0, good, good + near, poor, poor + near].map((value) => rate(vital, value)),
      ['good', 'good', 'middling', 'middling', 'poor'],
      vital,
    );
  }
});

test('values are spelt in the unit people use', () => {
  assert.equal(spell('lcp', 2312), '2.31\u00a0s');
  assert.equal(spell('inp', 179.6), '180\u00a0ms');
  assert.equal(spell('ttfb', 999), '999\u00a0ms');
  assert.equal(spell('cls', 0.0834), '0.08');
});

test('figures of a row, whatever is missing in it', () => {
  assert.deepEqual(measuredIn({}, 'lcp'), { p75: null, samples: 0, good: 0, poor: 0 });
  const row = { p75_lcp: 2400, samples_lcp: 10, good_lcp: 8, poor_lcp: 9, p75_inp: null, samples_inp: 3 };
  assert.deepEqual(measuredIn(row, 'lcp'), { p75: 2400, samples: 10, good: 8, poor: 2 });
  assert.equal(measuredIn(row, 'inp').p75, null);
  assert.equal(measuredIn({ p75_cls: 0, samples_cls: 0 }, 'cls').p75, null, 'no samples, no value');
});

test('shares are whole and add up', () => {
  for (let samples = 1; samples < 60; samples++) {
    for (let good = 0; good <= samples; good++) {
      const poor = Math.floor((samples - good) / 2);
      const shares = sharesOf({ p75: 1, samples, good, poor });
      assert.ok(shares.good + shares.middling + shares.poor <= 101);
      assert.ok(Math.min(shares.good, shares.middling, shares.poor) >= 0);
      if (good + poor < samples) assert.ok(shares.good + shares.poor + shares.middling >= 100);
    }
  }
});
