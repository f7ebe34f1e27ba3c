import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addFilter, OPERATORS, type Filter } from '../src/core/filters.ts';
import { METRICS } from '../src/core/metrics.ts';
import { PERIODS } from '../src/core/period.ts';
import { COMPARISONS, DEFAULT_VIEW, formatView, parseView, UNITS, type View } from '../src/core/url.ts';
import { drawing, type Draw } from './seeds.ts';

test('a view goes into the address, readable, and comes back', () => {
  const view: View = {
    site: 12,
    range: 'custom',
    dates: ['2026-11-01', '2026-11-22'],
    metric: 'page_views',
    unit: 'week',
    compare: 'previous',
    filters: [
      { operator: 'is', not: false, dimension: 'country', values: ['DE', 'AT'] },
      { operator: 'contains', not: true, dimension: 'page', values: ['/p/'] },
    ],
    cards: ['entry_page', 'channel'],
    by: 'country',
  };
  const address =
    '?site=12&p=custom&from=2026-11-01&to=2026-11-22&m=page_views&g=week&cmp=previous' +
    '&f=is:country:DE,AT&f=contains_not:page:/p/&cards=entry_page,channel&by=country';
  assert.equal(formatView(view, ''), address);
  assert.deepEqual(parseView(address), view);
});

test('nonsense falls back to the default', () => {
  assert.deepEqual(parseView(''), DEFAULT_VIEW);
  assert.deepEqual(
    parseView('?site=-1&p=1y&m=__proto__&g=second&cmp=never&f=&cards=<,>&by=<script>'),
    DEFAULT_VIEW,
  );
  assert.deepEqual(parseView('?site=1e3&p=&m='), DEFAULT_VIEW);
  assert.equal(parseView('?site=99999999999').site, null);
  assert.equal(parseView('?site=<script>').site, null);
  for (const dates of [
    '',
    '&from=2026-11-02&to=2026-11-01',
    '&from=2026-02-30&to=2026-03-01',
    '&from=x&to=y',
  ]) {
    assert.deepEqual(parseView(`?p=custom${dates}`), DEFAULT_VIEW, dates);
  }
  for (const filter of [
    'is',
    'is:country',
    'like:country:DE',
    'is:land:DE',
    'contains:page:',
    'is:constructor:x',
    'is:prop::x',
    `is:page:${'x'.repeat(1025)}`,
  ]) {
    assert.deepEqual(parseView(`?f=${filter}`).filters, [], filter);
  }
  // What is known beside it stays.
  assert.equal(parseView('?f=nonsense&f=is:country:').filters.length, 1);
});

test('parameters of others stay, a missing site is left out', () => {
  assert.equal(formatView(DEFAULT_VIEW, '?x=1&site=4&f=is:page:/'), '?p=7d&m=visitors&x=1');
});

const PIECES = [
  'a',
  ',',
  ':',
  '\\',
  '"',
  '&',
  '=',
  '+',
  '%',
  '%2C',
  '#',
  ' ',
  'ü',
  '日',
  '🛒',
  "'",
  '/',
  '?',
  '\n',
];
const DIMENSIONS = ['page', 'country', 'source', 'prop:colour', 'prop:a:b', 'prop:\\', 'prop:ü,x'];

function text(draw: Draw, least: number): string {
  return Array.from({ length: least + draw.below(6) }, () => draw.of(PIECES)).join('');
}

function filter(draw: Draw): Filter {
  const operator = draw.of(OPERATORS);
  const values = Array.from({ length: 1 + draw.below(3) }, () => text(draw, operator === 'is' ? 0 : 1));
  return { operator, not: draw.below(2) === 0, dimension: draw.of(DIMENSIONS), values };
}

test('any view comes back from its address as it was', () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const draw = drawing(seed);
    const range = draw.of(PERIODS);
    const filters = Array.from({ length: draw.below(4) }, () => filter(draw));
    const view: View = {
      site: draw.of([null, 1, 4_000_000]),
      range,
      dates: range === 'custom' ? ['2026-01-31', '2026-12-01'] : null,
      metric: draw.of(METRICS),
      unit: draw.of([null, ...UNITS]),
      compare: draw.of([null, ...COMPARISONS]),
      filters: filters.reduce<Filter[]>(addFilter, []),
      cards: draw.of([[], ['channel'], ['entry_page', 'os']]),
      by: draw.of(['', 'device_type']),
    };
    const address = formatView(view, '?other=1');
    assert.deepEqual(parseView(address), view, `seed ${seed}: ${address}`);
    assert.equal(formatView(parseView(address), address), address, `seed ${seed}`);
    // Through the browser's own parser too.
    assert.deepEqual(parseView(new URL(`https://x.example/${address}`).search), view, `seed ${seed}`);
  }
});

test('no address at all makes parsing fail', () => {
  for (let seed = 0; seed < 1_000; seed++) {
    const draw = drawing(seed);
    const names = ['site', 'p', 'm', 'from', 'to', 'g', 'cmp', 'f', 'cards', 'by', 'is:page'];
    const parts = Array.from({ length: draw.below(6) }, () => `${draw.of(names)}=${text(draw, 0)}`);
    const view = parseView(`?${parts.join('&')}`);
    assert.deepEqual(parseView(formatView(view, '')), view);
  }
});
