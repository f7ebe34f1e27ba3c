import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidv7 } from '../src/core/ids.ts';
import type { Page } from '../src/core/page.ts';
import { pageOf } from '../src/modules/performance/belonging.ts';
import { plain } from '../src/modules/performance/report.ts';

const ORIGIN = 1_763_800_000_000;
const shown = (at: number, path: string): Page => ({
  page_view: uuidv7(ORIGIN + at),
  seq: 1,
  url: `https://shop.example${path}`,
  referrer: '',
});
/** A document that was loaded as `/a`, went on to `/b`, to `/a` again and to `/c`, and came back from the cache there. */
const pages = [
  shown(40, '/a'),
  shown(5_010, '/b'),
  shown(9_010, '/a'),
  shown(12_020, '/c'),
  shown(60_005, '/c'),
];

const cases: [what: string, type: string, url: string | undefined, start: number, page: number][] = [
  ['a load', 'navigate', 'https://shop.example/a', 0, 0],
  ['a reload', 'reload', 'https://shop.example/a', 0, 0],
  ['a load whose address was replaced at once', 'prerender', 'https://shop.example/login?next=a', 0, 0],
  ['a soft navigation', 'soft-navigation', 'https://shop.example/b#part', 4_980, 1],
  ['one back to the first address', 'soft-navigation', 'https://shop.example/a', 8_990, 2],
  ['one whose address holds a secret', 'soft-navigation', 'https://shop.example/c?token=s', 12_000, 3],
  ['one of the fragment alone', 'soft-navigation', 'https://shop.example/b#other', 8_900, 1],
  ['one to an address that was never a page', 'soft-navigation', 'https://shop.example/d', 12_000, 3],
  ['a restored page, whatever the address', 'back-forward-cache', 'https://shop.example/a', 60_000, 4],
  ['a restored page without one', 'back-forward-cache', undefined, 60_000, 4],
];

for (const [what, navigationType, navigationURL, navigationStartTime, expected] of cases) {
  test(`a metric of ${what} belongs to its page`, () => {
    const page = pageOf(pages, { navigationType, navigationURL, navigationStartTime }, ORIGIN);
    assert.equal(page && pages.indexOf(page), expected);
  });
}

test('of an attribution texts and numbers are said, addresses without secrets', () => {
  const said = plain({
    target: 'html>body>img#hero',
    url: 'https://shop.example/hero.jpg?token=s&w=800',
    timeToFirstByte: 12.5,
    eventEntry: { startTime: 1 },
    lcpEntry: undefined,
    interactionTarget: '',
    loadState: 'complete',
    long: '😀'.repeat(600),
  });
  assert.deepEqual(said, {
    target: 'html>body>img#hero',
    url: 'https://shop.example/hero.jpg?w=800',
    timeToFirstByte: '12.5',
    loadState: 'complete',
    long: '😀'.repeat(250),
  });
});
