/** Shopify's sandbox for custom pixels, as far as the pixel looks at it: what it sends is kept, and held against the schema. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { buildTracker } from '../build.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'ut-pixel-'));
let source: string;
before(async () => {
  await buildTracker(folder);
  source = readFileSync(path.join(folder, 'ut-pixel.js'), 'utf8')
    .replace('{{ENDPOINT}}', 'https://t.shop.example/ut/')
    .replace('{{SITE_KEY}}', 'pk_0000000000000000');
});
after(() => {
  rmSync(folder, { recursive: true });
});

const schema = JSON.parse(
  readFileSync(new URL('../../contract/event.schema.json', import.meta.url), 'utf8'),
) as object;
const ajv = new Ajv2020({ strict: false, allErrors: true });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
const isBatch = ajv.compile(schema);

interface Sent {
  consent: object;
  ids: object;
  events: [Record<string, unknown>];
}
interface Request {
  url: string;
  init: { body: string; credentials: string; keepalive: boolean; method: string };
}
type Hear = (event: object) => void;

interface Surroundings {
  privacy?: object;
  gpc?: boolean;
  under?: string;
  cart?: object;
}

/** A pixel in its sandbox. */
export class Sandbox {
  requests: Request[] = [];
  timers: [run: () => void, wait: number][] = [];
  statuses: number[] = [];
  optedOut = false;
  hear!: Hear;
  tellPrivacy!: Hear;

  constructor({ privacy = {}, gpc = false, under = 'api', cart }: Surroundings = {}) {
    const customerPrivacy = {
      subscribe: (name: string, hear: Hear) => {
        assert.equal(name, 'visitorConsentCollected');
        this.tellPrivacy = hear;
      },
    };
    const analytics = {
      subscribe: (name: string, hear: Hear) => {
        assert.equal(name, 'all_standard_events');
        this.hear = hear;
      },
    };
    const globals = {
      analytics,
      init: { data: { cart }, customerPrivacy: privacy },
      browser: { localStorage: { getItem: () => Promise.resolve(this.optedOut ? '1' : null) } },
      ...(under === 'api' ? { api: { customerPrivacy } } : { customerPrivacy }),
      navigator: { language: 'de-DE', globalPrivacyControl: gpc },
      crypto,
      URL,
      Intl,
      setTimeout: (run: () => void, wait: number) => this.timers.push([run, wait]),
      fetch: (url: string, init: Request['init']) => {
        this.requests.push({ url, init });
        const status = this.statuses.shift() ?? 202;
        return status ? Promise.resolve(new Response(null, { status })) : Promise.reject(new TypeError());
      },
    };
    runInContext(source, createContext(globals));
  }

  async said(): Promise<Sent[]> {
    await new Promise(setImmediate);
    return this.requests.map(({ init }) => {
      const body = JSON.parse(init.body) as Sent;
      assert.ok(isBatch(body), `${ajv.errorsText(isBatch.errors)} ${init.body}`);
      return body;
    });
  }
}
