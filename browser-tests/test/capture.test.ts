// What a shop says without a line of ours, as it leaves a real browser: data layer, `data-ut-…` markup, `ut.track`.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MEASURED, door, listening, servePages } from '../src/choosing_page.ts';
import { trackedPage } from '../src/collector.ts';
import type { SentEvent } from '../src/collector.ts';
import { walkShop } from '../src/shop.ts';
import {
  collector,
  everyTestOnItsOwnPage,
  open,
  page,
  pageViews,
  settle,
  visit,
} from '../src/tracked_page.ts';
import { waitFor } from '../src/wait.ts';
import type {} from '../../tracker/src/api.ts';

everyTestOnItsOwnPage();

/** Serves a page with this in its body, and `before` ahead of the script, at a path and below it. */
async function show(path: string, body: string, before = ''): Promise<void> {
  await page.route(`**${path}*`, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: trackedPage('Shop', { body }).replace('<script ', `${before}<script `),
    }),
  );
  await open(path);
}

const OWN = ['page_view', 'engagement', 'web_vital'];
/** What was sent beside page views and the like, as far as a shop says it. */
const said = (): object[] =>
  collector
    .events()
    .filter(({ name }) => !OWN.includes(name))
    .map(({ name, value, currency, items, props }: SentEvent) =>
      Object.fromEntries(
        Object.entries({ name, value, currency, items, props }).filter(([, part]) => part !== undefined),
      ),
    );
/** Exactly this has been sent, and nothing more comes. */
async function expect(...events: object[]): Promise<void> {
  await waitFor(`${events.length} events`, () => said().length >= events.length);
  await settle();
  assert.deepEqual(said(), events);
  assert.deepEqual(visit.errors, []);
}
const names = (): string[] => said().map((event) => (event as SentEvent).name);

const MUG = { item_id: 'M1', item_name: 'Mug', price: 9.9, quantity: 1 };
const GTAG = 'window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); }';

describe('a data layer', () => {
  test('before the script and after it, in every form, each push once and on its page', async () => {
    const mug = JSON.stringify(MUG);
    await show(
      '/p/1',
      '',
      `<script>${GTAG}
      gtag('js', new Date()); gtag('config', 'G-1');
      dataLayer.push({ ecommerce: null });
      dataLayer.push({ event: 'view_item', user: { email: 'ann@shop.example' }, ecommerce: { currency: 'EUR', value: 3 * 3.3, items: [${mug}] } });
      gtag('event', 'add_to_cart', { currency: 'EUR', value: 9.9, items: [${mug}], user_data: { email: 'ann@shop.example' } });
      </script>`,
    );
    await waitFor('what was said before', () => said().length === 2);
    const length = await page.evaluate(
      `dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: 'T-1', value: '9.90', tax: 1.88, currency: 'EUR', items: [${mug}] } }, { event: 'gtm.click' })`,
    );
    assert.equal(length, await page.evaluate('dataLayer.length'), 'what `push` returns');
    await page.evaluate(`dataLayer.push({ ecommerce: { currencyCode: 'EUR', purchase: { actionField: { id: 'T-2', revenue: '35.43', tax: '4.90', shipping: '5.99' }, products: [{ id: 'M1', price: '24.54', quantity: '1' }] } } });
      dataLayer.push({ event: 'purchase' });
      gtag('event', 'sign_up', { method: 'mail' })`);
    const value = { currency: 'EUR', value: 9.9, items: [MUG] };
    await expect(
      { name: 'view_item', ...value, props: {} },
      { name: 'add_to_cart', ...value, props: {} },
      { name: 'purchase', ...value, value: '9.90', props: { transaction_id: 'T-1', tax: '1.88' } },
      {
        name: 'purchase',
        value: 24.54,
        currency: 'EUR',
        items: [{ item_id: 'M1', price: '24.54', quantity: 1 }],
        props: { transaction_id: 'T-2', tax: '4.90', shipping: '5.99' },
      },
      { name: 'sign_up', props: { method: 'mail' } },
    );
    assert.doesNotMatch(JSON.stringify(collector.requests), /ann@/);
    const views = new Set(collector.events().map(({ page_view: view }) => view));
    assert.equal(views.size, 1);
    await page.evaluate(`history.pushState(null, '', '/p/2');
      dataLayer.push({ event: 'view_item', ecommerce: { items: [${mug}] } })`);
    await pageViews(2);
    await waitFor('the next product', () => said().length === 6);
    assert.equal(collector.events('view_item')[1]?.page_view, collector.events('page_view')[1]?.page_view);
  });

  test('others wrap `push` before and after, and the script stands there twice: each push once', async () => {
    // As Tag Manager does it: what was there before is called with the layer as `this`.
    const wrap = (name: string): string => `window.${name} = []; {
      const layer = window.dataLayer = window.dataLayer || [], push = layer.push;
      layer.push = function () { ${name}.push(this === layer); return push.apply(layer, arguments); }; }`;
    await show(
      '/wrapped',
      '<script defer src="/ut/ut.js" data-site="pk_other"></script>',
      `<script>${wrap('before')}; dataLayer.push({ event: 'view_item', ecommerce: { items: [{ item_id: '1' }] } })</script>`,
    );
    await waitFor('the first', () => said().length > 0);
    await page.evaluate(`${wrap('after')};
      window.length_ = dataLayer.push({ event: 'add_to_cart', ecommerce: { items: [{ item_id: '1' }] } });`);
    const items = [{ item_id: '1' }];
    await expect({ name: 'view_item', items, props: {} }, { name: 'add_to_cart', items, props: {} });
    assert.deepEqual(await page.evaluate('[before, after, length_, dataLayer.length]'), [
      [true, true],
      [true],
      2,
      2,
    ]);
  });

  test('whatever is pushed, the page’s own tools get it, and nothing breaks', async () => {
    await show('/odd', '', '<script>dataLayer = [null, 7, { ecommerce: 1 }]</script>');
    await pageViews(1);
    const length = await page.evaluate(`
      const round = { event: 'purchase', ecommerce: { items: [] } };
      round.ecommerce.items.push(round);
      dataLayer.push(undefined, round, { event: 'view_item', get ecommerce() { throw new Error('mine'); } },
        { event: 'add_to_cart', ecommerce: { value: 10n, items: [null] } }, { event: 'view_cart', ecommerce: {} })`);
    assert.equal(length, 8);
    await waitFor('the cart', () => names().includes('view_cart'));
    assert.deepEqual(visit.errors, []);
  });

  test('what was said before the visitor agreed is never sent', async () => {
    collector.answerWith(door(MEASURED));
    const push = (id: string): string =>
      `dataLayer.push({ event: 'view_item', ecommerce: { items: [{ item_id: '${id}' }] } })`;
    await servePages('/strict', 'data-consent="required"', `<script>${GTAG} ${push('early')}</script>`);
    await open('/strict');
    await page.evaluate(push('before'));
    await page.waitForTimeout(800);
    assert.deepEqual(collector.requests, []);
    await page.evaluate(() => window.ut?.consent?.({ analytics: true }));
    await page.evaluate(push('after'));
    await expect({ name: 'view_item', items: [{ item_id: 'after' }], props: {} });
  });

  test('who opted out is told of by no data layer', async () => {
    await page.addInitScript(() => {
      localStorage.setItem('ut_optout', '1');
    });
    await show(
      '/out',
      '<p data-ut-view="view_item" data-ut-item-id="1"></p>',
      `<script>${GTAG} gtag('event', 'login')</script>`,
    );
    const asked = listening();
    await page.evaluate(`gtag('event', 'login')`);
    await settle();
    assert.deepEqual([collector.requests, asked], [[], []]);
  });

  test('the demo shop, which knows nothing of us: every step from the list to the order', async () => {
    await walkShop(page, collector.url, () => Promise.resolve());
    await waitFor('the order', () => collector.accepted('purchase').length > 0);
    assert.deepEqual(names(), [
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
    const { value, currency, items, props, url } = collector.events('purchase')[0] as SentEvent;
    assert.deepEqual(
      [value, currency, props?.['tax'], props?.['shipping'], items?.[0]?.['item_id']],
      [74.79, 'EUR', '14.21', '4.9', 'ember-lamp'],
    );
    assert.match(url, /\/demo\/thank-you$/);
    assert.deepEqual(visit.errors, []);
  });
});

test('`ut.track` says what `ut` says', async () => {
  await open('/a');
  await page.evaluate(() => {
    window.ut?.track?.('add_to_cart', { value: 3 * 19.9, currency: 'EUR', items: [{ item_id: '42' }] });
    window.ut?.track?.('size_guide_opened', { size: 'XL' });
  });
  await expect(
    { name: 'add_to_cart', value: 59.7, currency: 'EUR', items: [{ item_id: '42' }], props: {} },
    { name: 'size_guide_opened', props: { size: 'XL' } },
  );
});

describe('markup', () => {
  const PRODUCT = `<main data-ut-view="view_item" data-ut-currency="EUR" data-ut-value="19.90"
      data-ut-item-id="42" data-ut-item-name="Mug" data-ut-price="19.90">
    <form action="/cart"><button type="button" id="add" data-ut-event="add_to_cart" data-ut-quantity="2"><b>Add</b></button></form></main>`;
  const item = { item_id: '42', item_name: 'Mug', price: '19.90' };
  const viewed = { name: 'view_item', value: '19.90', currency: 'EUR', items: [item], props: {} };
  const added = { name: 'add_to_cart', currency: 'EUR', items: [{ ...item, quantity: 2 }], props: {} };

  test('a page without any fetches nothing for it', async () => {
    const asked = listening();
    await open('/plain');
    await pageViews(1);
    await page.click('h1');
    await settle();
    assert.ok(!asked.includes('/ut/ut-html.js') && asked.includes('/ut/ut.js'), asked.join());
  });

  test('a product is viewed once, and put into the cart with each press of its button', async () => {
    await show('/product', PRODUCT);
    await waitFor('the view', () => said().length > 0);
    await page.click('#add b');
    await page.click('h1');
    await page.press('#add', 'Enter');
    await expect(viewed, added, added);
  });

  test('an order: the element says the order, the elements in it the items', async () => {
    await show(
      '/thanks',
      `<section data-ut-view="purchase" data-ut-transaction-id="T-1" data-ut-value="44.80" data-ut-tax="8.51"
        data-ut-shipping="4.90" data-ut-coupon="SUMMER" data-ut-currency="EUR" data-ut-affiliation="">
      <p data-ut-item-id="42" data-ut-item-name="Mug" data-ut-price="19.90" data-ut-quantity="2"><i data-ut-item-id="part">…</i></p>
      <p data-ut-item-name="Card" data-ut-price="5" data-ut-coupon="FREE"></p>
      <div data-ut-view="view_promotion" data-ut-promotion-id="P1"><p data-ut-item-id="other"></p></div></section>`,
    );
    await expect(
      {
        name: 'purchase',
        value: '44.80',
        currency: 'EUR',
        items: [
          { ...item, quantity: 2 },
          { item_name: 'Card', price: '5', coupon: 'FREE' },
        ],
        props: { transaction_id: 'T-1', tax: '8.51', shipping: '4.90', coupon: 'SUMMER' },
      },
      {
        name: 'view_promotion',
        currency: 'EUR',
        items: [{ item_id: 'other' }],
        props: { promotion_id: 'P1' },
      },
    );
  });

  test('a form says its event when it is sent, also where that leaves the page', async () => {
    await show(
      '/form',
      `<form action="/next" data-ut-event="search" data-ut-search-term="lamp"><input name="q" required value=""><button>Go</button></form>`,
    );
    await pageViews(1);
    await page.click('button');
    await page.fill('input', 'lamp');
    await page.click('button');
    await page.waitForURL('**/next?q=lamp');
    await expect({ name: 'search', props: { search_term: 'lamp' } });
    assert.match(collector.events('search')[0]?.url ?? '', /\/form$/);
  });

  test('what a page of one document draws later is seen on its page, and what stays is not seen again', async () => {
    await show(
      '/app',
      '<footer data-ut-view="footer_seen" data-ut-part="legal"></footer><div id="root"></div>',
    );
    await waitFor('the first view', () => said().length === 1);
    await page.evaluate((html) => {
      history.pushState(null, '', '/app/2');
      setTimeout(() => {
        const root = document.querySelector('#root') as HTMLElement;
        root.innerHTML = html;
      }, 50);
    }, PRODUCT);
    await waitFor('the product', () => said().length === 2);
    await page.click('#add');
    // The same element shows another product, as it does where frameworks keep what they can.
    await page.evaluate(() => {
      history.pushState(null, '', '/app/3');
      document.querySelector('main')?.setAttribute('data-ut-item-id', '43');
    });
    const other = { ...item, item_id: '43' };
    await expect({ name: 'footer_seen', props: { part: 'legal' } }, viewed, added, {
      ...viewed,
      items: [other],
    });
    const [first, second] = collector.events('view_item');
    assert.deepEqual(
      [first?.url, second?.url].map((url) => url?.replace(collector.url, '')),
      ['/app/2', '/app/3'],
    );
  });

  test('a press that fetches the script is not lost, nor are those before it is there', async () => {
    let down = true;
    await page.route('**/ut-html.js', async (route) => {
      if (down) await waitFor('it is let through', () => !down);
      await route.continue();
    });
    await show('/late', '<div id="root"></div>');
    await pageViews(1);
    await page.evaluate(() => {
      const root = document.querySelector('#root') as HTMLElement;
      root.innerHTML = '<button data-ut-event="size_guide_opened" data-ut-size="XL">Sizes</button>';
    });
    await page.click('button');
    await page.click('button');
    await settle();
    assert.deepEqual(said(), []);
    down = false;
    const opened = { name: 'size_guide_opened', props: { size: 'XL' } };
    await expect(opened, opened);
  });
});
