// Shopify's standard events, as the pasted pixel sends them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox } from './sandbox.ts';

const context = {
  document: {
    location: { href: 'https://shop.example/products/mug?variant=7&token=x#top' },
    referrer: 'https://www.google.com/',
    title: 'Mug – Shop',
  },
  window: { innerWidth: 390, innerHeight: 844 },
};
const event = (name: string, data: object = {}): object => ({
  id: 'sh-1',
  name,
  clientId: 'c-1',
  timestamp: '2026-11-23T10:00:00.000Z',
  seq: 1,
  type: 'standard',
  context,
  data,
});

const variant = (id: number, title = 'Blue'): object => ({
  id: `gid://shopify/ProductVariant/${id}7`,
  title,
  sku: 'MUG',
  price: { amount: 19.9, currencyCode: 'EUR' },
  product: {
    id: `gid://shopify/Product/${id}`,
    title: 'Mug',
    vendor: 'Kiln',
    type: 'Kitchen',
    url: '/products/mug',
  },
});
const item = {
  item_id: '4',
  item_name: 'Mug',
  item_brand: 'Kiln',
  item_category: 'Kitchen',
  item_variant: 'Blue',
  variant_id: '47',
  price: 19.9,
};
const money = (amount: number | string): object => ({ amount, currencyCode: 'EUR' });

/** What nobody may look at: looking is an error. */
const guarded = (object: object, keys: string): object => {
  for (const key of keys.split(' '))
    Object.defineProperty(object, key, {
      enumerable: true,
      get: () => assert.fail(`it reads ${key}`),
    });
  return object;
};
const CONTACT = 'email phone shippingAddress billingAddress firstName lastName name';
const checkout = (more: object = {}): object =>
  guarded(
    {
      token: 'chk1',
      currencyCode: 'EUR',
      subtotalPrice: money(39.8),
      totalPrice: money('46.26'),
      totalTax: money(1.56),
      shippingLine: { price: money(4.9) },
      discountApplications: [
        { type: 'DISCOUNT_CODE', title: 'SUMMER' },
        { type: 'AUTOMATIC', title: 'Three for two' },
      ],
      lineItems: [guarded({ title: 'Mug', quantity: 2, variant: variant(4) }, 'properties')],
      ...more,
    },
    `${CONTACT} attributes buyerAcceptsEmailMarketing smsMarketingPhone localization`,
  );
const CHECKOUT = {
  value: 39.8,
  currency: 'EUR',
  items: [{ ...item, quantity: 2 }],
  props: { coupon: 'SUMMER', checkout_token: 'chk1', cart_token: 'hWN1' },
};
const CART = { id: 'gid://shopify/Cart/hWN1?key=opens-it', lines: [], cost: { totalAmount: money(0) } };

const CASES: [name: string, data: object, sent: object][] = [
  ['page_viewed', {}, { name: 'page_view', props: {} }],
  [
    'product_viewed',
    { productVariant: variant(4) },
    { name: 'view_item', value: 19.9, currency: 'EUR', items: [{ ...item, quantity: 1 }], props: {} },
  ],
  [
    'collection_viewed',
    {
      collection: {
        id: 'gid://shopify/Collection/9',
        title: 'Kitchen',
        productVariants: [variant(4, 'Default Title')],
      },
    },
    {
      name: 'view_item_list',
      items: [{ ...item, item_variant: undefined, index: 0 }],
      props: { item_list_id: '9', item_list_name: 'Kitchen' },
    },
  ],
  [
    'search_submitted',
    { searchResult: { query: 'mug', productVariants: [variant(4)] } },
    { name: 'search', props: { search_term: 'mug' } },
  ],
  ...(['added_to', 'removed_from'] as const).map((done): [string, object, object] => [
    `product_${done}_cart`,
    { cartLine: { merchandise: variant(4), quantity: 3, cost: { totalAmount: money(59.7) } } },
    {
      name: done === 'added_to' ? 'add_to_cart' : 'remove_from_cart',
      value: 59.7,
      currency: 'EUR',
      items: [{ ...item, quantity: 3 }],
      props: { cart_token: 'hWN1' },
    },
  ]),
  [
    'cart_viewed',
    {
      cart: guarded(
        {
          id: 'abc2',
          lines: [{ merchandise: variant(4), quantity: 1 }],
          cost: { totalAmount: money(19.9) },
        },
        'attributes note',
      ),
    },
    {
      name: 'view_cart',
      value: 19.9,
      currency: 'EUR',
      items: [{ ...item, quantity: 1 }],
      props: { cart_token: 'abc2' },
    },
  ],
  ['checkout_started', { checkout: checkout() }, { name: 'begin_checkout', ...CHECKOUT }],
  [
    'checkout_shipping_info_submitted',
    {
      checkout: checkout({
        delivery: { selectedDeliveryOptions: [{ title: 'Express', costAfterDiscounts: money(4.9) }] },
      }),
    },
    { name: 'add_shipping_info', ...CHECKOUT, props: { ...CHECKOUT.props, shipping_tier: 'Express' } },
  ],
  [
    'payment_info_submitted',
    { checkout: checkout({ transactions: [guarded({ gateway: 'shopify_payments' }, 'paymentMethod')] }) },
    {
      name: 'add_payment_info',
      ...CHECKOUT,
      props: { ...CHECKOUT.props, payment_type: 'shopify_payments' },
    },
  ],
  [
    'checkout_completed',
    {
      checkout: checkout({
        order: {
          id: 'gid://shopify/OrderIdentity/5001',
          customer: guarded({ isFirstOrder: true }, `id ${CONTACT}`),
        },
      }),
    },
    {
      name: 'purchase',
      ...CHECKOUT,
      props: {
        ...CHECKOUT.props,
        transaction_id: '5001',
        tax: '1.56',
        shipping: '4.9',
        customer_type: 'new',
      },
    },
  ],
];

for (const [name, data, expected] of CASES) {
  test(`${name} is exactly this`, async () => {
    const sandbox = new Sandbox({ privacy: { analyticsProcessingAllowed: true }, cart: CART });
    sandbox.hear(event(name, data));
    const [sent] = await sandbox.said();
    const { id, page_view: view, ts, seq, url, referrer, title, ...rest } = sent?.events[0] ?? {};
    // As JSON has it.
    assert.deepEqual(rest, JSON.parse(JSON.stringify(expected)));
    assert.deepEqual(
      [ts, seq, url, referrer, title],
      [
        Date.parse('2026-11-23T10:00:00Z'),
        1,
        'https://shop.example/products/mug?variant=7',
        'https://www.google.com/',
        'Mug – Shop',
      ],
    );
    for (const uuid of [id, view]) assert.match(String(uuid), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.deepEqual(sent?.ids, { clientId: 'c-1' });
    const [request] = sandbox.requests;
    assert.equal(request?.url, 'https://t.shop.example/ut/e');
    const { method, credentials, keepalive } = request.init;
    assert.deepEqual(
      { method, credentials, keepalive },
      { method: 'POST', credentials: 'omit', keepalive: true },
    );
  });
}

test('events that GA4 has no word for, or that are empty, send nothing wrong', async () => {
  const sandbox = new Sandbox();
  for (const name of [
    'checkout_contact_info_submitted',
    'checkout_address_info_submitted',
    'alert_displayed',
    'constructor',
  ])
    sandbox.hear(event(name, guarded({}, 'checkout')));
  assert.deepEqual(await sandbox.said(), []);
  for (const [name] of CASES) {
    sandbox.hear(event(name, {}));
    sandbox.hear({ ...event(name), data: null });
    sandbox.hear({
      ...event(name),
      data: { cartLine: {}, cart: {}, checkout: {}, productVariant: {}, collection: {} },
    });
  }
  assert.equal((await sandbox.said()).length, 3 * CASES.length);
});

test('the pages of one frame, and addresses of checkouts', async () => {
  const sandbox = new Sandbox();
  const at = (href: string): object => ({ ...context, document: { location: { href }, referrer: href } });
  const paths = [
    ['/a', '/a'],
    ['/checkouts/cn/Z2NwLXVz/information?key=x', '/checkouts/cn/-/information'],
    ['/123/checkouts/0123abc', '/123/checkouts/-'],
    ['/123/orders/abc/authenticate', '/123/orders/-/authenticate'],
  ];
  sandbox.hear({ ...event('page_viewed'), context: at('https://shop.example/a') });
  sandbox.hear(event('product_viewed', { productVariant: variant(4) }));
  for (const [path = ''] of paths.slice(1))
    sandbox.hear({ ...event('page_viewed'), context: at(`https://shop.example${path}`) });
  const events = (await sandbox.said()).flatMap(({ events }) => events);
  assert.deepEqual(
    events.map(({ seq }) => seq),
    [1, 2, 1, 1, 1],
  );
  assert.equal(events[0]?.['page_view'], events[1]?.['page_view']);
  assert.equal(new Set(events.map(({ page_view: view }) => view)).size, 4);
  const views = events.filter(({ name }) => name === 'page_view');
  assert.deepEqual(
    views.map(({ url, referrer }) => [url, referrer]),
    paths.map(([, shown = '']) => [`https://shop.example${shown}`, `https://shop.example${shown}`]),
  );
});

test('totals: tax in the price, discounted shipping, what is missing', async () => {
  const sandbox = new Sandbox();
  const option = (amount: number): object => ({ title: 'x', costAfterDiscounts: money(amount) });
  const cases: [more: object, expected: object][] = [
    // Prices hold the tax: 19.95 of 124.95.
    [
      {
        subtotalPrice: money(119),
        totalPrice: money(124.95),
        totalTax: money(19.95),
        shippingLine: { price: money(5.95) },
      },
      { value: 99.05, tax: '19.95', shipping: '5.95' },
    ],
    // The shipping is free by a discount.
    [
      { totalPrice: money(41.36), delivery: { selectedDeliveryOptions: [option(0)] } },
      { value: 39.8, tax: '1.56', shipping: '0' },
    ],
    // Two parcels.
    [
      { totalPrice: money(41.66), delivery: { selectedDeliveryOptions: [option(0.1), option(0.2)] } },
      { value: 39.8, tax: '1.56', shipping: '0.3' },
    ],
    [
      { totalPrice: null, totalTax: null, shippingLine: null },
      { value: 39.8, tax: '0', shipping: '0' },
    ],
  ];
  for (const [more] of cases) sandbox.hear(event('checkout_completed', { checkout: checkout(more) }));
  const sent = (await sandbox.said()).map(({ events: [{ value, props }] }) => {
    const { tax, shipping, transaction_id: id } = props as Record<string, string>;
    // Without an order's id it is known by the checkout's.
    assert.equal(id, 'chk1');
    return { value, tax, shipping };
  });
  assert.deepEqual(
    sent,
    cases.map(([, expected]) => expected),
  );
});

test('consent is Shopify’s, from the start and as it changes; Global Privacy Control stands above it', async () => {
  const granted = {
    analyticsProcessingAllowed: true,
    marketingAllowed: true,
    preferencesProcessingAllowed: true,
    saleOfDataAllowed: true,
  };
  const all = { analytics: true, marketing: true, personalization: true, source: 'shopify' };
  for (const under of ['api', 'own']) {
    const sandbox = new Sandbox({ privacy: granted, under });
    sandbox.hear(event('page_viewed'));
    assert.deepEqual((await sandbox.said())[0]?.consent, all);
    sandbox.tellPrivacy({ customerPrivacy: { ...granted, saleOfDataAllowed: false } });
    sandbox.hear(event('page_viewed'));
    const { at, ...consent } = (await sandbox.said())[1]?.consent as { at: number };
    assert.deepEqual(consent, { ...all, marketing: false });
    assert.ok(Math.abs(at - Date.now()) < 60_000);
  }
  const gpc = new Sandbox({ privacy: granted, gpc: true });
  gpc.hear(event('page_viewed'));
  assert.deepEqual((await gpc.said())[0]?.consent, { ...all, marketing: false, personalization: false });
  const unknown = new Sandbox();
  unknown.hear(event('page_viewed'));
  assert.deepEqual((await unknown.said())[0]?.consent, { source: 'shopify' });
});

test('it is sent again until the server has decided, with the same id; never for who opted out', async () => {
  const sandbox = new Sandbox();
  sandbox.statuses = [0, 503, 429, 400];
  sandbox.hear(event('page_viewed'));
  for (let attempt = 1; attempt <= 4; attempt++) {
    assert.equal((await sandbox.said()).length, attempt);
    const [run, wait] = sandbox.timers.shift() ?? [];
    assert.equal(run !== undefined, attempt < 4);
    if (wait !== undefined) assert.ok(wait >= 500 * 2 ** (attempt - 1) && wait <= 1_500 * 2 ** (attempt - 1));
    run?.();
  }
  assert.equal(new Set((await sandbox.said()).map(({ events }) => events[0]['id'])).size, 1);
  sandbox.optedOut = true;
  sandbox.hear(event('page_viewed'));
  assert.equal((await sandbox.said()).length, 4);
});
