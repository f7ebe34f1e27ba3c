// What the tracker sends fits contract/event.schema.json; and that schema says of the golden payloads what the server
// says of them (crates/universal-tracking/tests/all/golden.rs).
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { NAMES, buildTracker } from '../build.mjs';
import { reporter } from '../src/modules/performance/report.ts';
import { Page } from './page.ts';

const contract = new URL('../../contract/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, contract), 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
const schema = read('event.schema.json') as object;
const isBatch = ajv.compile(schema);
const isEnvelope = ajv.compile({ ...schema, $ref: '#/$defs/Envelope' });

interface Case {
  name: string;
  route: string;
  body: unknown;
  schema?: boolean;
}

for (const name of ['accepted', 'refused']) {
  test(`the schema knows what is ${name}`, () => {
    const cases = (read(`golden/${name}.json`) as Case[]).filter(({ route }) => route === '/ut/e');
    assert.ok(cases.length > 10);
    for (const one of cases) {
      const expected = one.schema ?? name === 'accepted';
      assert.equal(isBatch(one.body), expected, `${one.name}: ${ajv.errorsText(isBatch.errors)}`);
    }
  });
}

const folder = mkdtempSync(path.join(tmpdir(), 'ut-contract-'));
after(() => {
  rmSync(folder, { recursive: true });
});

test('everything the tracker sends fits the schema', async () => {
  await buildTracker(folder);
  const source = readFileSync(path.join(folder, 'ut.js'), 'utf8');
  const navigators = [
    { language: 'de-DE', maxTouchPoints: 5 },
    { language: 'en', webdriver: true, maxTouchPoints: 256, globalPrivacyControl: true },
  ];
  for (const navigator of navigators) {
    const page = new Page('https://shop.example/p/42?utm_source=x#top');
    const item = { item_id: '42', item_name: 'Chair', price: 59.9, quantity: 1 };
    const dataLayer = [
      {
        event: 'purchase',
        ecommerce: { transaction_id: 'T-1', value: 3 * 19.9, currency: 'EUR', items: [item] },
      },
      ['event', 'login', { method: 'mail' }],
      { ecommerce: { add: { products: [{ id: '42', quantity: '2', price: '59.90', coupon: '' }] } } },
    ];
    const { ut } = page.run(source, navigator, { dataLayer });
    ut('view_item', { value: '59.90', currency: 'EUR', items: [item] });
    ut('size_guide_opened', { size: 'XL', tries: 3, detail: { a: [1] }, nothing: null });
    // As one of the tracker's own scripts says it, which shares the page's globals.
    const short = (name: string): string => NAMES[name] ?? name;
    type Shared = Record<string, Record<string, Record<string, (...words: unknown[]) => void>>>;
    const tracker = (ut as unknown as Shared)[short('shared')]?.[short('tracker')];
    const [pages, event] = [tracker?.[short('pages')], tracker?.[short('event')]];
    Object.assign(globalThis, { window: { ut: { shared: { tracker: { pages, event } } } } });
    const metric = {
      name: 'LCP',
      value: 1234.5999999046326,
      rating: 'good',
      delta: 1234.5999999046326,
      id: 'v6-1-2',
    };
    const attribution = { target: '#hero', url: 'https://shop.example/hero.jpg', resourceLoadDelay: 12.5 };
    reporter()?.({ ...metric, navigationType: 'navigate', entries: [], attribution } as never);
    page.hidden = true;
    page.hear('visibilitychange');
    page.hear('pagehide');
    const events = page.sent.filter(({ url }) => url.endsWith('/ut/e')).map(({ body }) => body);
    const beats = page.sent.filter(({ url }) => url.endsWith('/ut/p')).map(({ body }) => body);
    assert.ok(events.length > 0 && beats.length > 0, JSON.stringify(page.sent));
    for (const body of events)
      assert.ok(isBatch(body), ajv.errorsText(isBatch.errors) + JSON.stringify(body));
    for (const body of beats) assert.ok(isEnvelope(body), ajv.errorsText(isEnvelope.errors));
    const names = events
      .flatMap((body) => (body as { events: { name: string }[] }).events)
      .map(({ name }) => name);
    const said = 'page_view view_item size_guide_opened purchase login add_to_cart web_vital engagement';
    for (const name of said.split(' ')) assert.ok(names.includes(name), name);
  }
});
