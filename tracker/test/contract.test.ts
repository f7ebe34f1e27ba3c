// What the tracker sends fits contract/event.schema.json; and that schema says of the golden payloads what the server
// says of them (crates/universal-tracking/tests/all/golden.rs).
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { NAMES, buildTracker } from '../build.mjs';
import { reporter } from '../src/modules/performance/report.ts';

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

/** A page, as far as the tracker looks at it. */
class Page {
  sent: { url: string; body: unknown }[] = [];
  heard = new Map<string, ((event: object) => void)[]>();
  hidden = false;
  location: { href: string; pathname: string; search: string };

  constructor(href: string) {
    const { pathname, search } = new URL(href);
    this.location = { href, pathname, search };
  }

  hear(event: string): void {
    for (const react of this.heard.get(event) ?? []) react({});
  }

  run(source: string, navigator: object): { ut: (name: string, parameters?: object) => void } {
    class HTMLScriptElement {
      dataset = { site: 'pk_0000000000000000' };
      src = 'https://shop.example/ut/ut.js';
    }
    const listen = (event: string, react: (event: object) => void): void => {
      this.heard.set(event, [...(this.heard.get(event) ?? []), react]);
    };
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- getters of the page's objects need it
    const page = this;
    const window: Record<string, unknown> = {
      HTMLScriptElement,
      document: {
        currentScript: new HTMLScriptElement(),
        title: 'Chair 🪑',
        referrer: 'https://www.google.com/',
        documentElement: { scrollHeight: 2000 },
        addEventListener: listen,
        hasFocus: () => true,
        get hidden() {
          return page.hidden;
        },
      },
      addEventListener: listen,
      navigation: { addEventListener: listen },
      location: this.location,
      navigator,
      innerWidth: 390,
      innerHeight: 844,
      scrollY: 100,
      crypto,
      performance,
      URL,
      Intl,
      setTimeout: () => 0,
      setInterval: () => 0,
      clearTimeout: () => undefined,
      fetch: (url: string, { body }: { body: string }) => {
        this.sent.push({ url, body: JSON.parse(body) });
        return new Promise(() => undefined);
      },
    };
    window['window'] = window;
    runInContext(source, createContext(window));
    return window as { ut: (name: string, parameters?: object) => void };
  }
}

test('everything the tracker sends fits the schema', async () => {
  await buildTracker(folder);
  const source = readFileSync(path.join(folder, 'ut.js'), 'utf8');
  const navigators = [
    { language: 'de-DE', maxTouchPoints: 5 },
    { language: 'en', webdriver: true, maxTouchPoints: 256, globalPrivacyControl: true },
  ];
  for (const navigator of navigators) {
    const page = new Page('https://shop.example/p/42?utm_source=x#top');
    const { ut } = page.run(source, navigator);
    const item = { item_id: '42', item_name: 'Chair', price: 59.9, quantity: 1 };
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
    for (const name of ['page_view', 'view_item', 'size_guide_opened', 'web_vital', 'engagement'])
      assert.ok(names.includes(name), name);
  }
});
