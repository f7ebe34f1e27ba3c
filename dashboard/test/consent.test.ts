import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingOf } from '../src/modules/consent/chain.tsx';
import { decodePage, decodeVerdict, receiptRows, sourceName } from '../src/modules/consent/receipts.ts';
import { decodeRules, MODE, MODES, modeWords, placeName } from '../src/modules/consent/rules.ts';
import { changesOf, decodeSite, draftOf, messagesAt, ownErrors } from '../src/pages/settings/draft.ts';

const SITE = decodeSite({
  id: 1,
  session_timeout_min: 30,
  consent: { mode: 'cookieless', regions: [{ region: 'DE', mode: 'cnil' }] },
});

/** The change that a draft with other rules comes to. */
function changed(rules: Partial<NonNullable<typeof SITE.consent>>) {
  const draft = draftOf(SITE);
  return changesOf(SITE, {
    ...draft,
    consent: { mode: 'cookieless', regions: [], ...draft.consent, ...rules },
  });
}

test('of the modes only what changed is sent', () => {
  assert.deepEqual(changed({}), {});
  assert.deepEqual(changed({ mode: 'strict' }), { consent: { mode: 'strict' } });
  assert.deepEqual(changed({ regions: [] }), { consent: { regions: [] } });
  assert.deepEqual(changed({ regions: [{ region: 'DE', mode: 'full' }] }), {
    consent: { regions: [{ region: 'DE', mode: 'full' }] },
  });
});

test('a place is sent as the server writes it, and its writing alone is no change', () => {
  assert.deepEqual(changed({ regions: [{ region: ' de ', mode: 'cnil' }] }), {});
  const regions = [
    { region: 'DE', mode: 'cnil' },
    { region: 'us-ca', mode: 'strict' },
  ];
  assert.deepEqual(changed({ regions }), {
    consent: { regions: [regions[0], { region: 'US-CA', mode: 'strict' }] },
  });
});

test('a row without a place is not sent, and is said at its row alone', () => {
  const draft = draftOf(SITE);
  const rules = {
    mode: 'full',
    regions: [...(SITE.consent?.regions ?? []), { region: ' ', mode: 'strict' }],
  };
  const errors = ownErrors({ ...draft, consent: rules });
  assert.deepEqual(
    errors.map(({ field }) => field),
    ['consent.regions[1]'],
  );
  assert.deepEqual(messagesAt(errors, 'consent.regions[0]'), []);
  assert.equal(messagesAt(errors, 'consent.regions[1]').length, 1);
  assert.deepEqual(ownErrors(draft), []);
});

test('a server without modes is neither shown nor sent any', () => {
  const old = decodeSite({ id: 1, session_timeout_min: 30 });
  assert.equal(old.consent, null);
  const draft = draftOf(old);
  assert.deepEqual(changesOf(old, { ...draft, consent: { mode: 'full', regions: [] } }), {});
});

test('every mode says what it does; cookieless and what does not wait say whose risk it is', () => {
  for (const mode of MODES) assert.ok(MODE[mode].does.length > 30, mode);
  assert.equal(MODE.cookieless.hint, 'A risk choice for your counsel, not a promise of the law.');
  assert.ok(MODE.analytics.hint && MODE.full.hint);
  assert.equal(modeWords('brand-new').label, 'brand-new');
});

test('places have names; what is no place stays as it is, made visible', () => {
  assert.equal(placeName('DE'), 'Germany');
  assert.equal(placeName('US-CA'), 'United States, CA');
  assert.equal(placeName('EU'), 'European Union');
  assert.equal(placeName('EEA'), 'European Economic Area');
  assert.equal(placeName('UK'), 'United Kingdom');
  assert.equal(placeName('GB-ENG'), 'United Kingdom, ENG');
  assert.equal(placeName('a-b'), 'a-b');
  assert.equal(placeName('\u202eDE'), '\\u202eDE');
});

test('what was not said is neither granted nor denied, on the screen and in the file', () => {
  const given = {
    number: 7,
    id: 'x',
    at: '2026-11-23T10:00:00.000Z',
    analytics: true,
    marketing: false,
    personalization: null,
    gpc: true,
    source: 'banner',
    policy_version: '=cmd()',
    region: null,
    whose: 'known',
  };
  const { receipts, next } = decodePage({ receipts: [given], next: 7 });
  assert.equal(next, 7);
  assert.equal(receipts[0]?.personalization, null);
  assert.deepEqual(receiptRows(receipts)[1], [
    7,
    'x',
    '2026-11-23T10:00:00.000Z',
    'granted',
    'denied',
    null,
    'yes',
    'banner',
    '=cmd()',
    '',
    'known',
  ]);
  assert.deepEqual(decodePage({ receipts: [{ analytics: 'yes' }] }).receipts[0]?.analytics, null);
  assert.equal(sourceName('opt_out'), 'Opt-out');
  assert.equal(sourceName('\u202e'), '\\u202e');
});

test('a verdict in words; only a clear yes is one', () => {
  const words = (json: unknown) => findingOf(decodeVerdict(json));
  assert.deepEqual(words({ ok: true, receipts: 1234, broken: null }), {
    tone: 'good',
    words: 'The chain is whole: all 1,234 receipts are what was written, in their order.',
  });
  assert.match(words({ ok: true, receipts: 1, broken: null }).words, /its one receipt/);
  assert.match(words({ ok: true, receipts: 0, broken: null }).words, /no receipt to check/);
  assert.deepEqual(words({ ok: false, receipts: 12, broken: { number: 13, why: 'its hash is another.' } }), {
    tone: 'bad',
    words: 'The chain is broken at receipt 13: its hash is another. The 12 receipts before it are whole.',
  });
  assert.match(words({ ok: false, receipts: 0, broken: { number: 1, why: 'gone' } }).words, /1: gone\.$/);
  for (const odd of [null, {}, { ok: 'true', receipts: 3 }, { ok: false, receipts: 3, broken: null }]) {
    assert.equal(words(odd).tone, 'unknown', JSON.stringify(odd));
  }
});

test('odd rules are no crash', () => {
  assert.equal(decodeRules('strict'), null);
  assert.deepEqual(decodeRules({ regions: [null, 1, { region: 'DE' }] })?.regions, [
    { region: '', mode: '' },
    { region: '', mode: '' },
    { region: 'DE', mode: '' },
  ]);
});
