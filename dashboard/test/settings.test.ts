import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changesOf,
  decodeSite,
  draftOf,
  linesOf,
  messagesAt,
  ownErrors,
} from '../src/pages/settings/draft.ts';

const SITE = decodeSite({
  id: 1,
  key: 'pk_1',
  domains: ['shop.example', '*.shop.example'],
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  session_timeout_min: 30,
  excluded_paths: ['/admin'],
  url_params: [],
  channel_rules: [{ field: 'source', op: 'is', value: 'a', channel: 'B' }],
});

test('what was not changed is not sent', () => {
  assert.deepEqual(changesOf(SITE, draftOf(SITE)), {});
  const typed = draftOf(SITE);
  typed.lists.excluded_paths = '\n /admin \n\n';
  typed.timezone = ' Europe/Berlin ';
  assert.deepEqual(changesOf(SITE, typed), {}, 'spaces and empty lines are no change');
});

test('a change is sent under the name the server gives it, a list as a whole', () => {
  const draft = draftOf(SITE);
  draft.lists.excluded_paths = '/admin\n/*/preview';
  draft.session_timeout_min = '45';
  draft.channel_rules = [];
  assert.deepEqual(changesOf(SITE, draft), {
    excluded_paths: ['/admin', '/*/preview'],
    session_timeout_min: 45,
    channel_rules: [],
  });
});

test('a list the server does not know is neither shown nor sent', () => {
  assert.equal(SITE.lists.page_templates, null);
  const draft = draftOf(SITE);
  draft.lists.page_templates = '/p/*';
  assert.deepEqual(changesOf(SITE, draft), {});
});

test('a timeout that is no number is not sent', () => {
  const draft = draftOf(SITE);
  for (const typed of ['', 'abc', '1.5', '-3']) {
    assert.equal(ownErrors({ ...draft, session_timeout_min: typed }).length, 1, typed);
  }
  assert.deepEqual(ownErrors(draft), []);
});

test('a message finds its field by the name of an entry too', () => {
  const errors = [
    { field: 'domains[1]', message: 'one' },
    { field: 'domains', message: 'two' },
    { field: 'channel_rules[0].channel', message: 'three' },
    { field: 'domains_more', message: 'four' },
  ];
  assert.deepEqual(messagesAt(errors, 'domains'), ['one', 'two']);
  assert.deepEqual(messagesAt(errors, 'channel_rules'), ['three']);
});

test('an odd answer is no crash', () => {
  assert.deepEqual(decodeSite(null).lists.domains, null);
  assert.deepEqual(decodeSite({ channel_rules: [null, 1] }).channel_rules.length, 2);
  assert.deepEqual(linesOf(''), []);
});
