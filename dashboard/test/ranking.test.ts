import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf } from '../src/core/change.ts';
import { decodeReport } from '../src/core/decode.ts';
import { valueName } from '../src/core/dimensions.ts';
import type { Query } from '../src/core/query.ts';
import { wholeRanking } from '../src/core/ranking_file.ts';
import { csvRows, FILE_LINES, linesOf, longQuery, rankingQuery, type Ranking } from '../src/core/ranking.ts';

const COUNTRIES: Ranking = { dimension: 'country', metrics: ['visitors', 'sessions'], more: ['bounce_rate'] };

function report(compared: boolean) {
  const compare = (visitors: number) => (compared ? { compare: { visitors, sessions: visitors } } : {});
  return decodeReport({
    rows: [
      {
        dimensions: { country: 'DE' },
        metrics: { visitors: 6, sessions: 8, bounce_rate: 0.5 },
        ...compare(4),
      },
      {
        dimensions: { country: '' },
        metrics: { visitors: 1, sessions: 1, bounce_rate: null },
        ...compare(0),
      },
      {
        dimensions: { country: 'FR' },
        metrics: { visitors: 0, sessions: 0, bounce_rate: null },
        ...compare(0),
      },
    ],
    totals: {},
    meta: {
      from: '2026-11-16',
      to: '2026-11-22',
      ...(compared && { compare: { from: '2026-11-09', to: '2026-11-15' } }),
    },
  });
}

test('lines are named for people, and a line of nothing is none', () => {
  const lines = linesOf(COUNTRIES, report(true));
  assert.deepEqual(
    lines.map(({ name, change }) => [name, change?.text]),
    [
      ['Germany', '+50%'],
      ['Unknown', 'new'],
    ],
  );
  assert.equal(linesOf(COUNTRIES, report(false))[0]?.change, null);
});

test('a file has the values as they are, and those before where there is a comparison', () => {
  assert.deepEqual(csvRows(COUNTRIES, report(false)), [
    ['Country', 'Visitors', 'Sessions', 'Bounce rate'],
    ['DE', 6, 8, 0.5],
    ['', 1, 1, null],
  ]);
  const [head, first] = csvRows(COUNTRIES, report(true));
  assert.deepEqual(head?.slice(4), ['Visitors before', 'Sessions before', 'Bounce rate before']);
  assert.deepEqual(first?.slice(4), [4, 4, null]);
});

test('a file has the lines that are looked for, by their names and as they are', () => {
  const values = (search: string) =>
    csvRows(COUNTRIES, report(false), search)
      .slice(1)
      .map(([value]) => value);
  assert.deepEqual(values(''), ['DE', '']);
  assert.deepEqual(values(' germ'), ['DE']);
  assert.deepEqual(values('de'), ['DE']);
  assert.deepEqual(values('unknown'), ['']);
  assert.deepEqual(values('france'), [], 'a line of nothing is none');
});

test('a file has every line, however many answers it takes, and none twice', async () => {
  const total = 2 * FILE_LINES + 3;
  const asked: Query[] = [];
  // Before the second answer somebody new comes first, and every line moves on by one.
  const ask = (query: Query) => {
    asked.push(query);
    const first = (query.offset ?? 0) - asked.length + 1;
    const count = Math.min(FILE_LINES, total - first);
    const row = (_: unknown, at: number) => ({
      dimensions: { country: `X${first + at}` },
      metrics: { visitors: 1, sessions: 1 },
    });
    return Promise.resolve(decodeReport({ rows: Array.from({ length: count }, row), totals: {}, meta: {} }));
  };
  const scope = { date_range: '7d', filters: undefined, compare: null } as const;
  const whole = await wholeRanking(ask, scope, COUNTRIES, { by: 'sessions', direction: 'asc' });
  assert.deepEqual(
    asked.map(({ limit, offset, order_by: order }) => [limit, offset, order]),
    [undefined, FILE_LINES, 2 * FILE_LINES].map((offset) => [FILE_LINES, offset, [['sessions', 'asc']]]),
  );
  assert.equal(whole?.rows.length, total);
  assert.equal(new Set(whole.rows.map(({ dimensions }) => dimensions['country'])).size, total);
});

test('a card asks for few lines without totals, the long list for a thousand in any order', () => {
  const scope = { date_range: '7d', filters: undefined, compare: 'previous' } as const;
  assert.deepEqual(rankingQuery(scope, COUNTRIES), {
    metrics: ['visitors', 'sessions'],
    dimensions: ['country'],
    limit: 8,
    totals: false,
    date_range: '7d',
    compare: 'previous',
  });
  const long = longQuery(scope, { ...COUNTRIES, named: true }, { by: 'country', direction: 'asc' });
  assert.equal(long.limit, 1000);
  assert.deepEqual(long.order_by, [['country', 'asc']]);
  assert.deepEqual(long.filters, ['is_not', 'country', ['']]);
});

test('a change is percent, points of a share, new, or not known', () => {
  const text = (...of: Parameters<typeof changeOf>) => changeOf(...of)?.text ?? null;
  assert.equal(text('visitors', 12, 8), '+50%');
  assert.equal(text('visitors', 8, 8), '0%');
  assert.equal(text('visitors', 0, 0), '0%');
  assert.equal(text('visitors', 3, 0), 'new');
  assert.equal(text('visitors', 0, 3), '-100%');
  assert.equal(text('bounce_rate', 0.5, 0.42), '+8 pp');
  assert.equal(text('bounce_rate', 0.5, null), null);
  assert.equal(text('engaged_time_s', null, 3), null);
  assert.equal(changeOf('bounce_rate', 0.3, 0.4)?.tone, 'better');
  assert.equal(changeOf('visitors', 3, 4)?.tone, 'worse');
});

test('values are named as people read them', () => {
  assert.equal(valueName('country', 'DE'), 'Germany');
  assert.equal(valueName('country', '../x'), '../x');
  assert.equal(valueName('page', '/gr%C3%B6%C3%9Fe'), '/größe');
  assert.equal(valueName('page', '/\u202e'), '/\\u202e');
  assert.equal(valueName('language', 'de'), 'German');
  assert.equal(valueName('language', '<img>'), '<img>');
  assert.equal(valueName('prop:colour', ''), 'Nothing');
  assert.equal(valueName('constructor', 'x'), 'x');
});
