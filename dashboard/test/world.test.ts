// The map that is drawn when the dashboard is built.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { countryName } from '../src/core/dimensions.ts';
import { decodeCountries, shadeOf } from '../src/modules/active_users/countries.ts';
import { HEIGHT, WIDTH, world } from '../world.mjs';

const { shapes, dots, rest } = await world();

test('every country has one shape or a dot, by the code of ISO 3166', () => {
  const codes = [...shapes, ...dots].map(([code]) => code);
  for (const code of codes) assert.match(code, /^[A-Z]{2}$/);
  for (const list of [shapes, dots]) assert.equal(new Set(list.map(([code]) => code)).size, list.length);
  const missing = ['DE', 'US', 'GB', 'FR', 'NO', 'XK', 'TW', 'ZA', 'AU', 'NZ', 'SG', 'MT', 'HK', 'LI', 'BH'];
  assert.deepEqual(
    missing.filter((code) => !codes.includes(code)),
    [],
  );
  assert.ok(new Set(codes).size >= 230, `${new Set(codes).size} countries`);
  assert.ok(!codes.includes('AQ'));
});

test('all of it lies in the picture, at most 25 kB gzipped', () => {
  for (const [code, x, y] of dots) assert.ok(x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT, code);
  for (const [code, path] of shapes) {
    for (const [, x, y] of path.matchAll(/M(\d+) (\d+)/g)) {
      assert.ok(Number(x) <= WIDTH && Number(y) <= HEIGHT, code);
    }
    assert.match(path, /^(M\d+ \d+l[-\d ]+z)+$/, code);
  }
  const size = gzipSync(JSON.stringify({ shapes, dots, rest }), { level: 9 }).length;
  console.log(`world: ${size} B gzipped`);
  assert.ok(size <= 25_000, `${size} bytes`);
});

test('a place on the map is where it belongs', () => {
  const start = (code: string) => {
    const [, x, y] = /^M(\d+) (\d+)/.exec(shapes.find(([known]) => known === code)?.[1] ?? '') ?? [];
    return [Number(x) / WIDTH, Number(y) / HEIGHT];
  };
  const [brazilX = 0, brazilY = 0] = start('BR');
  const [japanX = 0, japanY = 0] = start('JP');
  assert.ok(brazilX < 0.45 && brazilY > 0.4);
  assert.ok(japanX > 0.75 && japanY < 0.5);
});

test('countries of the stream: what is odd is left out or shown as it is', () => {
  const given = {
    countries: [{ country: 'DE', visitors: 3 }, { country: 1 }, null, { country: 'x', visitors: 0 }],
  };
  assert.deepEqual(decodeCountries(given), [{ code: 'DE', visitors: 3 }]);
  assert.deepEqual(decodeCountries(null), []);
  assert.equal(countryName('DE'), 'Germany');
  assert.equal(countryName('<b>'), '<b>');
  assert.deepEqual(
    [1, 2, 9, 36, 100].map((visitors) => shadeOf(visitors, 100)),
    [1, 1, 2, 3, 5],
  );
});
