// Shopify's custom pixel, pasted as it is built into a sandboxed frame of another origin, with a small host in place of
// Shopify's: what leaves a real browser, and how.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Frame } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { SITE_KEY, startCollector } from '../src/collector.ts';
import type { Collector } from '../src/collector.ts';
import { waitFor } from '../src/wait.ts';

const BUILT = path.resolve(import.meta.dirname, '../../tracker/dist/ut-pixel.js');
/** As Shopify's sandbox offers it; `tell` stands for what happens in the shop. */
const HOST = `
  const heard = [];
  let privacyHeard;
  window.analytics = { subscribe: (name, hear) => { if (name === 'all_standard_events') heard.push(hear); } };
  window.api = { customerPrivacy: { subscribe: (name, hear) => { privacyHeard = hear; } } };
  window.browser = { localStorage: { getItem: (key) => Promise.resolve(window.kept && window.kept[key]) } };
  window.init = { data: { cart: { id: 'gid://shopify/Cart/hWN1' } }, customerPrivacy: { analyticsProcessingAllowed: false, marketingAllowed: false, preferencesProcessingAllowed: false, saleOfDataAllowed: true } };
  window.tell = (event) => heard.forEach((hear) => hear(event));
  window.choose = (customerPrivacy) => privacyHeard({ customerPrivacy });`;
const TELL = `(name, data) => tell({ id: 'sh-1', name, clientId: 'c-1', timestamp: new Date().toISOString(), seq: 1,
  context: { document: { location: { href: 'https://shop.example/checkouts/cn/secret/thank-you' }, referrer: '', title: 'Thanks' },
    window: { innerWidth: 390, innerHeight: 844 } }, data })`;

let browser: Browser;
let collector: Collector;
let visit: Visit;
let frame: Frame;

before(async () => {
  browser = await launch();
  // From the server itself: a page that only a test puts there is not on loopback, and may not ask anybody there.
  const pages: Record<string, string> = {};
  collector = await startCollector(pages);
  visit = await newPage(browser);
  const endpoint = `${collector.url}/ut/`;
  const pixel = readFileSync(BUILT, 'utf8')
    .replace('{{ENDPOINT}}', endpoint)
    .replace('{{SITE_KEY}}', SITE_KEY);
  await visit.context.addCookies([{ name: '_ut_id', value: 'somebody', url: collector.url }]);
  const inner = `<script>${HOST}</script><script>${pixel}</script>`;
  const text = inner.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  pages['/host'] =
    `<!doctype html><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" srcdoc="${text}"></iframe>`;
  await visit.page.goto(`${collector.url}/host`);
  frame = await waitFor('the frame', () => visit.page.frames()[1]);
  await waitFor('the host', () => frame.evaluate('typeof tell === "function"'));
});
after(async () => {
  await visit.close();
  await browser.close();
  await collector.close();
});

const tell = (name: string, data: object): Promise<unknown> =>
  frame.evaluate(`(${TELL})(${JSON.stringify(name)}, ${JSON.stringify(data)})`);

test('an order leaves the frame as GA4’s purchase, without cookies, and again after an error', async () => {
  const variant = {
    id: 'gid://shopify/ProductVariant/47',
    title: 'Blue',
    price: { amount: 19.9, currencyCode: 'EUR' },
    product: { id: 'gid://shopify/Product/4', title: 'Mug', vendor: 'Kiln', type: 'Kitchen' },
  };
  const statuses = [503, 202];
  collector.answerWith(() => ({
    status: statuses.shift() ?? 202,
    headers: { 'access-control-allow-origin': '*' },
  }));
  await tell('checkout_completed', {
    checkout: {
      token: 'chk1',
      email: 'ann@shop.example',
      phone: '+4915112345678',
      shippingAddress: { firstName: 'Ann', address1: 'Lane 1' },
      currencyCode: 'EUR',
      totalPrice: { amount: 46.26, currencyCode: 'EUR' },
      totalTax: { amount: 1.56, currencyCode: 'EUR' },
      shippingLine: { price: { amount: 4.9, currencyCode: 'EUR' } },
      discountApplications: [],
      lineItems: [{ title: 'Mug', quantity: 2, variant }],
      order: { id: 'gid://shopify/OrderIdentity/5001', customer: { id: '77', isFirstOrder: false } },
    },
  });
  await waitFor('both attempts', () => collector.requests.length === 2);
  const [first, second] = collector.requests;
  assert.equal(first?.body.events?.[0]?.id, second?.body.events?.[0]?.id);
  for (const { url, headers } of collector.requests) {
    assert.deepEqual([url, headers.origin, headers.cookie], ['/ut/e', 'null', undefined]);
    assert.match(headers['content-type'] ?? '', /^text\/plain/);
  }
  const { sent_at: at = 0, tz, lang, events = [], ...envelope } = second?.body ?? { site: '', consent: {} };
  assert.ok(at > 0 && tz === 'Europe/Berlin' && lang === 'de-DE');
  assert.deepEqual(envelope, {
    site: SITE_KEY,
    viewport: [390, 844],
    ids: { clientId: 'c-1' },
    consent: { analytics: false, marketing: false, personalization: false, source: 'shopify' },
  });
  const [{ id, ts, page_view: view, ...event } = { id: '', ts: 0, page_view: '' }] = events;
  assert.ok(id && ts && view);
  assert.deepEqual(event, {
    name: 'purchase',
    seq: 1,
    url: 'https://shop.example/checkouts/cn/-/thank-you',
    referrer: '',
    title: 'Thanks',
    value: 39.8,
    currency: 'EUR',
    items: [
      {
        item_id: '4',
        item_name: 'Mug',
        item_brand: 'Kiln',
        item_category: 'Kitchen',
        item_variant: 'Blue',
        variant_id: '47',
        price: 19.9,
        quantity: 2,
      },
    ],
    props: {
      checkout_token: 'chk1',
      cart_token: 'hWN1',
      transaction_id: '5001',
      tax: '1.56',
      shipping: '4.9',
      customer_type: 'returning',
    },
  });
  assert.doesNotMatch(JSON.stringify(collector.requests), /ann@|49151|Lane|secret|somebody/);
});

test('what is chosen in the frame’s life goes along from then on, and opting out stops it', async () => {
  await frame.evaluate(
    'choose({ analyticsProcessingAllowed: true, marketingAllowed: true, preferencesProcessingAllowed: false, saleOfDataAllowed: false })',
  );
  await tell('search_submitted', { searchResult: { query: 'mug' } });
  await waitFor('the search', () => collector.events('search').length > 0);
  const { at, ...consent } = collector.requests.at(-1)?.body.consent as { at: number };
  assert.ok(at > 0);
  assert.deepEqual(consent, { analytics: true, marketing: false, personalization: false, source: 'shopify' });
  await frame.evaluate(`window.kept = { ut_optout: '1' }`);
  await tell('search_submitted', { searchResult: { query: 'nothing' } });
  await frame.evaluate('window.kept = {}');
  await tell('page_viewed', {});
  await waitFor('the page', () => collector.events('page_view').length > 0);
  assert.equal(collector.events('search').length, 1);
  // The refusal that the first attempt met is the only thing that went wrong.
  assert.deepEqual(visit.errors, ['503 /ut/e']);
});
