import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addFilter,
  conditionsOf,
  filterText,
  negateFilter,
  parseFilter,
  removeFilter,
  wrongFilter,
  type Filter,
} from '../src/core/filters.ts';
import { queryOf } from '../src/core/query.ts';

const is = (dimension: string, ...values: string[]): Filter => ({
  operator: 'is',
  not: false,
  dimension,
  values,
});
const isNot = (dimension: string, ...values: string[]): Filter => ({
  ...is(dimension, ...values),
  not: true,
});

test('values of one dimension come together, others are further conditions', () => {
  let filters = addFilter([], is('country', 'DE'));
  filters = addFilter(filters, is('country', 'AT'));
  filters = addFilter(filters, is('country', 'DE'));
  filters = addFilter(filters, isNot('source', 'google'));
  assert.deepEqual(filters, [is('country', 'DE', 'AT'), isNot('source', 'google')]);
  assert.deepEqual(conditionsOf(filters), [
    'and',
    ['is', 'country', ['DE', 'AT']],
    ['is_not', 'source', ['google']],
  ]);
  assert.deepEqual(conditionsOf([is('country', 'DE')]), ['is', 'country', ['DE']]);
  assert.equal(conditionsOf([]), undefined);
});

test('the opposite of the same value goes', () => {
  assert.deepEqual(addFilter([isNot('country', 'DE', 'AT')], is('country', 'DE')), [
    isNot('country', 'AT'),
    is('country', 'DE'),
  ]);
  assert.deepEqual(addFilter([isNot('country', 'DE')], is('country', 'DE')), [is('country', 'DE')]);
});

test('a filter is turned round and taken away', () => {
  const filters = [is('country', 'DE'), is('page', '/')];
  assert.deepEqual(negateFilter(filters, 0), [is('page', '/'), isNot('country', 'DE')]);
  assert.deepEqual(removeFilter(filters, 0), [is('page', '/')]);
  assert.deepEqual(negateFilter(filters, 7), filters);
});

test('what the server would refuse is said before', () => {
  assert.equal(wrongFilter(is('country', '')), null, 'no country at all');
  assert.match(wrongFilter({ ...is('page', ''), operator: 'contains' }) ?? '', /look for/);
  assert.match(wrongFilter(is('page')) ?? '', /value/);
  assert.match(wrongFilter(is('land', 'DE')) ?? '', /filter by/);
  assert.match(wrongFilter(is('prop:', 'x')) ?? '', /filter by/);
  assert.match(wrongFilter(is('page', 'ü'.repeat(513))) ?? '', /too long/);
  const patterns = Array.from({ length: 11 }, (_, at) => String(at));
  assert.match(wrongFilter({ ...is('page', ...patterns), operator: 'matches' }) ?? '', /At most 10/);
});

test('commas, colons and backslashes of values and properties keep their meaning', () => {
  const hard = is('prop:a:b\\', 'x,y', '\\', 'c:d', '');
  assert.deepEqual(parseFilter(filterText(hard)), hard);
  assert.equal(filterText(is('page', '/a,b')), 'is:page:/a\\,b');
});

test('a card’s own condition is added to the screen’s', () => {
  const scope = {
    date_range: '7d',
    filters: conditionsOf([is('country', 'DE'), is('os', 'iOS')]),
    compare: null,
  };
  const own = { metrics: ['visitors'], dimensions: ['page'], filters: ['is_not', 'page', ['']] as const };
  assert.deepEqual(queryOf(scope, own).filters, [
    'and',
    ['is', 'country', ['DE']],
    ['is', 'os', ['iOS']],
    ['is_not', 'page', ['']],
  ]);
  assert.equal('compare' in queryOf(scope, own), false);
});
