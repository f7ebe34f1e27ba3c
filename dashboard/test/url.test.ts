import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_VIEW, formatView, parseView } from '../src/core/url.ts';

test('a view goes into the address and comes back', () => {
  const view = { site: 12, range: '30d', metric: 'page_views' } as const;
  assert.equal(formatView(view, ''), '?site=12&p=30d&m=page_views');
  assert.deepEqual(parseView('?site=12&p=30d&m=page_views'), view);
});

test('nonsense falls back to the default', () => {
  assert.deepEqual(parseView(''), DEFAULT_VIEW);
  assert.deepEqual(parseView('?site=-1&p=1y&m=__proto__'), DEFAULT_VIEW);
  assert.deepEqual(parseView('?site=1e3&p=&m='), DEFAULT_VIEW);
  assert.equal(parseView('?site=99999999999').site, null);
  assert.equal(parseView('?site=<script>').site, null);
});

test('parameters of others stay, a missing site is left out', () => {
  assert.equal(formatView({ ...DEFAULT_VIEW }, '?x=1&site=4'), '?x=1&p=7d&m=visitors');
});
