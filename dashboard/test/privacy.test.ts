import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingOf } from '../src/modules/consent/chain.tsx';
import { decodeKept, kept, limitWords, runWords } from '../src/pages/privacy/kept.ts';
import {
  decodeErasures,
  decodeFound,
  erase,
  erasures,
  exported,
  find,
  isAnything,
} from '../src/pages/privacy/subjects.ts';
import { changesOf, decodeSite, draftOf, ownErrors } from '../src/pages/settings/draft.ts';
import { isShorter } from '../src/pages/settings/retention_draft.ts';

const CLOCK = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

interface Asked {
  path: string;
  method: string;
  body: unknown;
}

/** Runs with a server that answers every request so, and returns what it was asked. */
async function answering(response: () => Response, run: () => Promise<void>): Promise<Asked[]> {
  const real = globalThis.fetch;
  const asked: Asked[] = [];
  globalThis.fetch = (input, init) => {
    const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined;
    asked.push({ path: input as string, method: init?.method ?? 'GET', body });
    return Promise.resolve(response());
  };
  try {
    await run();
  } finally {
    globalThis.fetch = real;
  }
  return asked;
}

const LINE = {
  class: 'events',
  what: 'Events',
  limit: { count: 13, unit: 'months' },
  kept_from: 1,
  oldest: 86_400_000,
  last_run: 0,
  removed: 1200,
  next_run: 2,
  error: null,
};

test('limits are asked for one site and said in words', async () => {
  const asked = await answering(
    () => Response.json({ site: 3, timezone: 'UTC', classes: [LINE] }),
    async () => {
      const [line] = await kept(3);
      assert.ok(line);
      assert.equal(limitWords(line.limit), '13 months');
      assert.equal(runWords(line, CLOCK), '1 Jan 1970, 00:00: 1,200 deleted');
    },
  );
  assert.deepEqual(asked, [{ path: '/api/v1/privacy/retention?site=3', method: 'GET', body: undefined }]);
});

test('a run that found nothing, one that failed and none at all differ', () => {
  const [nothing, failed, never] = decodeKept({
    classes: [
      { ...LINE, removed: 0 },
      { ...LINE, error: 'the disk is full' },
      { ...LINE, last_run: null, removed: null, oldest: null },
    ],
  });
  assert.ok(nothing && failed && never);
  assert.equal(runWords(nothing, CLOCK), '1 Jan 1970, 00:00: nothing was too old');
  assert.equal(runWords(failed, CLOCK), '1 Jan 1970, 00:00: failed');
  assert.deepEqual([runWords(never, CLOCK), never.oldest], ['Not yet', null]);
  assert.equal(limitWords({ count: 1, unit: 'years' }), '1 year');
  assert.deepEqual(decodeKept(null), []);
});

test('a person is named to the server the way it was asked for', async () => {
  const found = { visitors: 2, events: 9, sessions: 1, first: 1, last: 2, personal: ['email'], receipts: 1 };
  const asked = await answering(
    () => Response.json(found),
    async () => {
      assert.deepEqual(await find(1, { way: 'email', value: ' anna@example.com ' }), found);
      await find(1, { way: 'external_id', value: 'C-1' });
      await erase(1, { way: 'visitor', value: 'abc' });
    },
  );
  assert.deepEqual(asked, [
    { path: '/api/v1/privacy/find', method: 'POST', body: { site: '1', email: 'anna@example.com' } },
    { path: '/api/v1/privacy/find', method: 'POST', body: { site: '1', external_id: 'C-1' } },
    { path: '/api/v1/privacy/erase', method: 'POST', body: { site: '1', visitor: 'abc' } },
  ]);
  const nobody = decodeFound({ visitors: 0, events: 0, sessions: 0, first: null, personal: [], receipts: 0 });
  assert.deepEqual([isAnything(decodeFound(found)), isAnything(nobody)], [true, false]);
});

test('an export is the file as it came, a refusal is its words', async () => {
  await answering(
    () => new Response('PK', { headers: { 'content-type': 'application/zip' } }),
    async () => {
      assert.equal(await (await exported(1, { way: 'visitor', value: 'abc' })).text(), 'PK');
    },
  );
  const refused = { title: 'History is not available', detail: 'Try again in a minute.' };
  await answering(
    () => Response.json(refused, { status: 503 }),
    async () => {
      await assert.rejects(exported(1, { way: 'visitor', value: 'abc' }), { detail: refused.detail });
    },
  );
});

test('erasures keep their order and say what they wait for', async () => {
  const list = [
    { id: 7, at: 5, status: 'waiting', done_at: null, visitors: 1, why: 'history is away' },
    { id: 6, at: 4, status: 'done', done_at: 5, visitors: 2, why: null },
  ];
  await answering(
    () => Response.json(list),
    async () => {
      const found = await erasures(1);
      assert.deepEqual(
        found.map(({ id, doneAt, why }) => [id, doneAt, why]),
        [
          [7, null, 'history is away'],
          [6, 5, ''],
        ],
      );
    },
  );
  assert.deepEqual(decodeErasures({}), []);
});

test('a chain without its beginning says from where on it is whole', () => {
  const words = findingOf({ ok: true, from: 41, receipts: 3, broken: null }).words;
  assert.match(words, /all 3 receipts .* begins with number 41: older ones were deleted for their age/);
  assert.match(findingOf({ ok: true, from: 4, receipts: 0, broken: null }).words, /begins with number 4/);
  assert.doesNotMatch(findingOf({ ok: true, from: 1, receipts: 3, broken: null }).words, /begins/);
});

const SITE = decodeSite({
  id: 1,
  session_timeout_min: 30,
  retention: { events: 13, sums: 25, personal: 13, receipts: 5 },
});

/** The draft with other limits. */
function limited(limits: Record<string, string>) {
  const draft = draftOf(SITE);
  assert.ok(draft.retention);
  return { ...draft, retention: { ...draft.retention, ...limits } };
}

test('of the limits only what changed is sent, and what deletes more is said before', () => {
  assert.deepEqual(changesOf(SITE, limited({})), {});
  assert.deepEqual(changesOf(SITE, limited({ events: ' 6 ', sums: '25' })), { retention: { events: 6 } });
  const shorter = (limits: Record<string, string>) => isShorter(SITE.retention, limited(limits).retention);
  assert.deepEqual([shorter({ events: '6' }), shorter({ events: '14' }), shorter({})], [true, false, false]);
});

test('a limit that is no number, or none that may be, is said at its field', () => {
  const fields = (limits: Record<string, string>) => ownErrors(limited(limits)).map(({ field }) => field);
  assert.deepEqual(fields({}), []);
  assert.deepEqual(fields({ events: '0', sums: '121', personal: 'x', receipts: '11' }), [
    'retention.events',
    'retention.sums',
    'retention.personal',
    'retention.receipts',
  ]);
  const old = decodeSite({ id: 1, session_timeout_min: 30 });
  assert.deepEqual([old.retention, draftOf(old).retention], [null, null], 'an older server has none');
});
