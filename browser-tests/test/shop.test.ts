// The demo shop in a real browser: what a visitor can do, what it says on the data layer, what the tracker makes of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import { startCollector } from '../src/collector.ts';
import type { Collector } from '../src/collector.ts';
import { walkShop } from '../src/shop.ts';
import { waitFor } from '../src/wait.ts';

interface Push {
  event?: string;
  ecommerce: { items?: Record<string, unknown>[]; [name: string]: unknown } | null;
}

const WALK = [
  '/demo/',
  '/demo/p/ember-lamp',
  '/demo/p/ember-lamp/care',
  '/demo/cart',
  '/demo/checkout',
  '/demo/thank-you',
];

let browser: Browser;
let collector: Collector;

before(async () => {
  browser = await launch();
  collector = await startCollector();
});
after(async () => {
  await browser.close();
  await collector.close();
});

/** Collects every push of a page, across documents. */
async function listen(page: Page): Promise<Push[]> {
  const pushes: Push[] = [];
  await page.exposeFunction('heard', (push: Push) => pushes.push(push));
  await page.addInitScript(() => {
    const layer: Push[] = [];
    Object.assign(window, { dataLayer: layer });
    layer.push = (...all) => {
      for (const one of all) (window as unknown as { heard: (push: Push) => void }).heard(one);
      return Array.prototype.push.apply(layer, all);
    };
  });
  return pushes;
}

describe('a visit from the list to the order', () => {
  const pushes: Push[] = [];
  const foreign: string[] = [];
  let errors: string[] = [];

  before(async () => {
    const visit = await newPage(browser, { viewport: { width: 1440, height: 900 } });
    visit.page.on('request', (request) => {
      if (!request.url().startsWith(collector.url)) foreign.push(request.url());
    });
    const heard = await listen(visit.page);
    await walkShop(visit.page, collector.url, () => Promise.resolve());
    await waitFor('all page views', () => collector.accepted('page_view').length === WALK.length);
    // Reloaded, the thank-you page must not sell a second time.
    await visit.page.reload();
    await waitFor(
      'the page view of the reload',
      () => collector.accepted('page_view').length === WALK.length + 1,
    );
    pushes.push(...heard);
    errors = visit.errors;
    await visit.close();
  });

  const named = (event: string): Push[] => pushes.filter((push) => push.event === event);

  test('makes exactly these page views, with titles and referrers', () => {
    const views = collector.events('page_view').slice(0, WALK.length);
    assert.deepEqual(
      views.map((view) => view.url.replace(collector.url, '')),
      WALK,
    );
    assert.deepEqual(
      views.map((view) => view.referrer.replace(collector.url, '')),
      ['', ...WALK.slice(0, -1)],
    );
    assert.deepEqual(
      views.map((view) => view.title.replace(' · Kiln & Cove', '')),
      [
        'Everyday objects, made slowly',
        'Ember table lamp',
        'Ember table lamp: Care and repair',
        'Cart',
        'Checkout',
        'Thank you',
      ],
    );
  });

  test('says GA4’s events in their order, each after a cleared ecommerce object', () => {
    const events = pushes.flatMap((push) => push.event ?? []);
    assert.deepEqual(events, [
      'view_item_list',
      'select_item',
      'view_item',
      'view_item_list',
      'add_to_cart',
      'view_cart',
      'begin_checkout',
      'add_shipping_info',
      'add_payment_info',
      'purchase',
    ]);
    for (const [at, push] of pushes.entries()) {
      if (push.event) assert.equal(pushes[at - 1]?.ecommerce, null);
    }
  });

  test('gives each event the parameters GA4 asks for', () => {
    const required: Record<string, string[]> = {
      view_item_list: ['item_list_id', 'item_list_name'],
      select_item: ['item_list_id', 'item_list_name'],
      view_item: ['currency', 'value'],
      add_to_cart: ['currency', 'value'],
      view_cart: ['currency', 'value'],
      begin_checkout: ['currency', 'value'],
      add_shipping_info: ['currency', 'value', 'shipping_tier'],
      add_payment_info: ['currency', 'value', 'payment_type'],
      purchase: ['transaction_id', 'currency', 'value', 'tax', 'shipping'],
    };
    for (const [event, parameters] of Object.entries(required)) {
      assert.ok(named(event).length > 0, event);
      for (const { ecommerce } of named(event)) {
        assert.deepEqual(Object.keys(ecommerce ?? {}).sort(), [...parameters, 'items'].sort(), event);
        assert.ok((ecommerce?.items?.length ?? 0) > 0, event);
        for (const item of ecommerce?.items ?? []) {
          for (const field of [
            'item_id',
            'item_name',
            'item_brand',
            'item_category',
            'item_variant',
            'price',
            'quantity',
          ]) {
            assert.ok(item[field] !== undefined, `${event}: ${field}`);
          }
        }
      }
    }
  });

  test('sells once, for what was paid', () => {
    assert.equal(named('purchase').length, 1);
    const { value, tax, shipping, currency } = named('purchase')[0]?.ecommerce ?? {};
    assert.deepEqual(
      { value, tax, shipping, currency },
      { value: 74.79, tax: 14.21, shipping: 4.9, currency: 'EUR' },
    );
  });

  test('asks no other host and raises no error', () => {
    assert.deepEqual(foreign, []);
    assert.deepEqual(errors, []);
  });
});

test('taking a line away says remove_from_cart with what was taken', async () => {
  const visit = await newPage(browser);
  const pushes = await listen(visit.page);
  await visit.page.goto(`${collector.url}/demo/p/tide-mug`);
  await visit.page.click('text="Clay"');
  await visit.page.click('text="Add to cart"');
  await visit.page.goto(`${collector.url}/demo/cart`);
  await visit.page.click('[aria-label="One more of Tide mug"]');
  await visit.page.click('[aria-label="Remove Tide mug"]');
  await visit.page.waitForSelector('text="Your cart is empty."');
  const [removed] = pushes.filter((push) => push.event === 'remove_from_cart');
  assert.equal(removed?.ecommerce?.items?.[0]?.['quantity'], 2);
  assert.equal(removed.ecommerce.items[0]['item_variant'], 'Clay');
  await visit.close();
});

test('the colour changes the address’s fragment and makes no page view', async () => {
  const visit = await newPage(browser);
  const before_ = collector.events('page_view').length;
  await visit.page.goto(`${collector.url}/demo/p/dune-vase`);
  await visit.page.click('text="Moss"');
  await visit.page.waitForURL('**/dune-vase#Moss');
  await visit.page.waitForTimeout(500);
  assert.equal(collector.events('page_view').length, before_ + 1);
  assert.equal(await visit.page.getAttribute('.tile-large svg', 'aria-label'), 'Dune vase, Moss');
  await visit.close();
});

test('the panel lists what is sent, with the answer, and can be closed for the whole visit', async () => {
  const visit = await newPage(browser, { viewport: { width: 1440, height: 900 } });
  await visit.page.goto(`${collector.url}/demo/`);
  await visit.page.waitForSelector('.entry-sent:has-text("page_view"):has-text("202")');
  await visit.page.waitForSelector('.entry-beat:has-text("heartbeat")');
  await visit.page.waitForSelector('.entry-said:has-text("view_item_list")');
  await visit.page.click('.entry-sent summary');
  const shown = JSON.parse(await visit.page.innerText('.entry-sent pre')) as { id: string };
  assert.ok(collector.events().some((event) => event.id === shown.id));
  await visit.page.click('.panel-toggle');
  assert.equal(await visit.page.isVisible('.entries'), false);
  await visit.page.goto(`${collector.url}/demo/cart`);
  assert.equal(await visit.page.isVisible('.entries'), false);
  await visit.close();
});

test('the whole shop can be used with the keyboard alone', async () => {
  const visit = await newPage(browser);
  const { page } = visit;
  const tabTo = async (selector: string): Promise<void> => {
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    }
    assert.fail(`the Tab key never reaches ${selector}`);
  };
  await page.goto(`${collector.url}/demo/`);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'To the content');
  await tabTo('a[href="/demo/p/ember-lamp"]');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/p/ember-lamp');
  await tabTo('input[name="colour"]');
  await page.keyboard.press('ArrowRight');
  await tabTo('.buy .button');
  await page.keyboard.press('Enter');
  await tabTo('.added a');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/cart');
  await tabTo('a[href="/demo/checkout"]');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/checkout');
  await tabTo('input[value="Standard"]');
  await page.keyboard.press('ArrowDown');
  await tabTo('fieldset:not(:disabled) .button');
  await page.keyboard.press('Enter');
  await tabTo('fieldset:not(:disabled) .button');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/thank-you');
  assert.match(await page.innerText('.sums'), /Express/);
  await visit.close();
});

for (const width of [320, 390, 1440]) {
  test(`no page is wider than a screen of ${width} px`, async () => {
    const visit = await newPage(browser, { viewport: { width, height: 844 } });
    await walkShop(visit.page, collector.url, async (name) => {
      const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${name}: ${wide}`);
    });
    await visit.close();
  });
}

test('an unknown address says so and leads back', async () => {
  const visit = await newPage(browser);
  for (const path of ['p/nothing', 'nowhere', 'thank-you']) {
    await visit.page.goto(`${collector.url}/demo/${path}`);
    assert.equal(await visit.page.innerText('h1'), 'Nothing here');
  }
  await visit.close();
});
