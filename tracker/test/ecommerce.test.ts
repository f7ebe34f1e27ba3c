// What a data layer says, as it leaves the page: through the built script, and word by word.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { buildTracker } from '../build.mjs';
import { eventFields } from '../src/core/fields.ts';
import { hear } from '../src/modules/ecommerce/push.ts';
import { known } from '../src/modules/ecommerce/words.ts';
import { Page } from './page.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ut-ecommerce-'));
let source: string;
before(async () => {
  await buildTracker(folder);
  source = readFileSync(path.join(folder, 'ut.js'), 'utf8');
});
after(() => {
  rmSync(folder, { recursive: true });
});

/** As `gtag` pushes it. */
function gtag(...words: unknown[]): unknown {
  const push = function () {
    // eslint-disable-next-line prefer-rest-params -- that is what it pushes
    return arguments;
  } as (...words: unknown[]) => unknown;
  return push(...words);
}

type Sent = Record<string, unknown>;

/** What a page sends on which `early` was pushed before the script and `late` after it, without its own page views. */
function sent(early: unknown[], late: unknown[] = []): Sent[] {
  const page = new Page('https://shop.example/p/42');
  const dataLayer = [...early];
  page.run(source, { language: 'en' }, { dataLayer });
  for (const push of late) dataLayer.push(push);
  page.hidden = true;
  page.hear('visibilitychange');
  const bodies = page.sent.flatMap(({ body }) => (body as { events?: Sent[] }).events ?? []);
  return bodies
    .filter(({ name }) => name !== 'page_view' && name !== 'engagement')
    .map(({ name, value, currency, items, props }) =>
      // As JSON has it.
      Object.fromEntries(
        Object.entries({ name, value, currency, items, props }).filter(([, part]) => part !== undefined),
      ),
    );
}

/** The same of one push. */
const heard = (push: unknown): Sent[] => {
  const before = sent([push]);
  assert.deepEqual(sent([], [push]), before, 'before the script and after it');
  return before;
};

const MUG = { item_id: 'M1', item_name: 'Mug', item_category: 'Kitchen', price: 9.9, quantity: 2 };

test('Tag Manager’s form', () => {
  const ecommerce = {
    transaction_id: 'T-1',
    value: 19.8,
    tax: '3.76',
    shipping: 4.9,
    currency: 'EUR',
    coupon: 'SUMMER',
    items: [MUG],
  };
  assert.deepEqual(heard({ event: 'purchase', ecommerce }), [
    {
      name: 'purchase',
      value: 19.8,
      currency: 'EUR',
      items: [MUG],
      props: { transaction_id: 'T-1', tax: '3.76', shipping: '4.9', coupon: 'SUMMER' },
    },
  ]);
});

test('each of GA4’s names, and no other', () => {
  const names =
    'view_item_list select_item view_item add_to_wishlist add_to_cart remove_from_cart view_cart begin_checkout add_shipping_info add_payment_info purchase refund view_promotion select_promotion'.split(
      ' ',
    );
  const said = sent(names.map((event) => ({ event, ecommerce: { items: [MUG] } })));
  assert.deepEqual(
    said.map(({ name }) => name),
    names,
  );
  const others = ['search', 'login', 'sign_up', 'generate_lead'];
  assert.deepEqual(sent(others.map((event) => ({ event, ecommerce: { items: [MUG] } }))), []);
  assert.deepEqual(
    sent([...names, ...others].map((name) => gtag('event', name, {}))).map(({ name }) => name),
    [...names, ...others],
  );
  for (const name of ['page_view', 'gtm.js', 'purchase_old', 'my_view_item', 'exception', 'PURCHASE'])
    assert.deepEqual(
      sent([gtag('event', name, { value: 1 }), { event: name, ecommerce: { items: [MUG] } }]),
      [],
    );
});

test('gtag’s form, as arguments and as an array', () => {
  const parameters = { value: 30.03, currency: 'USD', items: [MUG], method: 'card' };
  const expected = [
    { name: 'add_to_cart', value: 30.03, currency: 'USD', items: [MUG], props: { method: 'card' } },
  ];
  assert.deepEqual(heard(gtag('event', 'add_to_cart', parameters)), expected);
  assert.deepEqual(heard(['event', 'add_to_cart', parameters]), expected);
  assert.deepEqual(heard(gtag('event', 'login')), [{ name: 'login', props: {} }]);
  assert.deepEqual(heard(gtag('event', 'search', { search_term: 'red lamp' })), [
    { name: 'search', props: { search_term: 'red lamp' } },
  ]);
  for (const other of [
    gtag('js', new Date()),
    gtag('config', 'G-1', { user_id: '7' }),
    gtag('set', { currency: 'EUR' }),
    gtag('consent', 'update', { analytics_storage: 'granted' }),
    gtag('event'),
  ])
    assert.deepEqual(heard(other), []);
});

test('the item names of Universal Analytics’ gtag', () => {
  const item = {
    id: 'P1',
    name: 'Tee',
    brand: 'B',
    category: 'C',
    variant: 'red',
    list_name: 'Home',
    list_position: 3,
  };
  const [said] = heard(gtag('event', 'view_item', { items: [item], id: 'customer-7', name: 'Ann' }));
  assert.deepEqual(said, {
    name: 'view_item',
    items: [
      {
        item_id: 'P1',
        item_name: 'Tee',
        item_brand: 'B',
        item_category: 'C',
        item_variant: 'red',
        item_list_name: 'Home',
        index: 3,
      },
    ],
    props: {},
  });
});

test('who says an item’s field under both names means GA4’s', () => {
  const both = {
    id: 'ads_12',
    item_id: '12',
    item_name: 'Mug',
    name: 'mug',
    position: 0,
    index: 4,
    category: 'Cups',
  };
  for (const item of [both, Object.fromEntries(Object.entries(both).reverse())])
    assert.deepEqual(heard({ event: 'view_item', ecommerce: { items: [item] } })[0]?.['items'], [
      { item_id: '12', item_name: 'Mug', index: 4, item_category: 'Cups' },
    ]);
});

test('what says nothing sends nothing', () => {
  for (const push of [
    null,
    undefined,
    7,
    'event',
    'purchase',
    [],
    ['event'],
    ['event', null, {}],
    {},
    { ecommerce: null },
    { ecommerce: 'purchase' },
    { ecommerce: { items: [MUG] } },
    // Merged with what was pushed before it, as Tag Manager does, it would be another event.
    { event: 'purchase' },
    { event: 'purchase', ecommerce: null },
    // GA4's form for Tag Manager has them in `ecommerce`.
    { event: 'purchase', transaction_id: 'T-1', items: [MUG] },
    { event: ['purchase'], ecommerce: undefined },
    () => undefined,
  ])
    assert.deepEqual(heard(push), [], JSON.stringify(push));
});

test('enhanced e-commerce of Universal Analytics', () => {
  const product = {
    id: 'P12',
    name: 'Tee',
    price: '15.25',
    brand: 'B',
    category: 'A/T',
    variant: 'Gray',
    quantity: '2',
  };
  const item = {
    item_id: 'P12',
    item_name: 'Tee',
    price: '15.25',
    item_brand: 'B',
    item_category: 'A/T',
    item_variant: 'Gray',
    quantity: 2,
  };
  const items = [item];
  const products = [product];
  const actionField = {
    id: 'T12345',
    affiliation: 'Online Store',
    revenue: '35.43',
    tax: '4.90',
    shipping: '5.99',
    coupon: 'SUMMER_SALE',
    option: 'Visa',
  };
  const props = {
    affiliation: 'Online Store',
    tax: '4.90',
    shipping: '5.99',
    coupon: 'SUMMER_SALE',
    transaction_id: 'T12345',
  };
  assert.deepEqual(heard({ ecommerce: { currencyCode: 'EUR', purchase: { actionField, products } } }), [
    { name: 'purchase', value: 24.54, currency: 'EUR', items, props },
  ]);
  const cases: [object, object[]][] = [
    [
      { detail: { actionField: { list: 'Sale' }, products } },
      [{ name: 'view_item', items, props: { item_list_name: 'Sale' } }],
    ],
    [
      { currencyCode: 'EUR', add: { products } },
      [{ name: 'add_to_cart', currency: 'EUR', items, props: {} }],
    ],
    [{ remove: { products } }, [{ name: 'remove_from_cart', items, props: {} }]],
    [
      { click: { actionField: { list: 'L' }, products } },
      [{ name: 'select_item', items, props: { item_list_name: 'L' } }],
    ],
    [{ checkout: { actionField: { step: 1 }, products } }, [{ name: 'begin_checkout', items, props: {} }]],
    [{ checkout: { products } }, [{ name: 'begin_checkout', items, props: {} }]],
    [{ checkout: { actionField: { step: 2, option: 'Visa' }, products } }, []],
    [
      { impressions: [{ id: 'P1', list: 'L', position: 1 }], detail: { products } },
      [
        { name: 'view_item_list', items: [{ item_id: 'P1', item_list_name: 'L', index: 1 }], props: {} },
        { name: 'view_item', items, props: {} },
      ],
    ],
  ];
  for (const [ecommerce, expected] of cases)
    for (const event of [undefined, 'addToCart']) assert.deepEqual(heard({ event, ecommerce }), expected);
  // GA4's name with the old form, and both forms at once.
  assert.deepEqual(heard({ event: 'add_to_cart', ecommerce: { add: { products } } }), [
    { name: 'add_to_cart', items, props: {} },
  ]);
  assert.deepEqual(heard({ event: 'view_item', ecommerce: { items: [MUG], detail: { products } } }), [
    { name: 'view_item', items: [MUG], props: {} },
  ]);
});

test('the value of an old order is exact, whatever the amounts', () => {
  const decimal = (units: bigint, digits: bigint): string => {
    const text = units.toString().padStart(Number(digits) + 1, '0');
    return digits ? `${text.slice(0, -Number(digits))}.${text.slice(-Number(digits))}` : text;
  };
  let state = 42n;
  const draw = (below: bigint): bigint => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    return (state >> 11n) % below;
  };
  for (let round = 0; round < 20_000; round++) {
    const digits = draw(5n);
    const [tax, shipping, net] = [draw(10n ** 9n), draw(10n ** 7n), draw(10n ** 10n)];
    const field = {
      id: 'T',
      revenue: decimal(net + tax + shipping, digits),
      tax: decimal(tax, digits),
      shipping: decimal(shipping, digits),
    };
    let value: unknown;
    hear({ ecommerce: { purchase: { actionField: field, products: [] } } }, (_, said) => {
      ({ value } = eventFields(known(said)) as { value: unknown });
    });
    // What JSON writes is what the server reads.
    const [whole = '', part = ''] = JSON.stringify(value).split('.');
    assert.ok(part.length <= 4, JSON.stringify(field));
    assert.equal(BigInt(whole + part.padEnd(4, '0')), net * 10n ** (4n - digits), JSON.stringify(field));
  }
});

test('no amount is finer than money is, and a number in quotes is a number', () => {
  const item = { item_id: '1', price: 3 * 19.9, quantity: '3', discount: '0.123456', index: 1.5 };
  const ecommerce = { value: 0.1 + 0.2, tax: 5.551115123125783e-17, shipping: '4.90', items: [item] };
  assert.deepEqual(heard({ event: 'view_item', ecommerce }), [
    {
      name: 'view_item',
      value: 0.3,
      items: [{ item_id: '1', price: 59.7, quantity: 3, discount: 0.1235, index: 1.5 }],
      props: { tax: '0', shipping: '4.90' },
    },
  ]);
  // What is no amount stays what it is: the door refuses it by name.
  assert.equal(heard({ event: 'purchase', ecommerce: { value: '1.299,00' } })[0]?.['value'], '1.299,00');
});

test('nothing odd that was pushed before the script keeps the rest from being said', () => {
  const round: Record<string, unknown> = { value: 1 };
  round['items'] = [round];
  const odd = [
    { event: 'view_item', ecommerce: round },
    {
      event: 'view_cart',
      ecommerce: { value: 10n, tax: () => 1, method: true, index: NaN },
    },
    { event: { toString: () => 'refund', itself: round }, ecommerce: { items: [null, 7, 'x'] } },
  ];
  assert.deepEqual(sent([...odd, { event: 'begin_checkout', ecommerce: { value: 2 } }]), [
    { name: 'view_cart', props: {} },
    { name: 'begin_checkout', value: 2, props: {} },
  ]);
});

test('of a long list as many items as the door takes', () => {
  const items = Array.from({ length: 250 }, (_, index) => ({ item_id: `${index}` }));
  const [said] = sent([{ event: 'view_item_list', ecommerce: { items } }]);
  assert.deepEqual(said?.['items'], items.slice(0, 200));
});

test('nothing else of a data layer ever leaves', () => {
  let secrets = 0;
  const secret = (): string => `secret${++secrets}`;
  const KEYS = [
    'email',
    'user_data',
    'user_id',
    'customer',
    'id',
    'name',
    'client_id',
    'x',
    'address',
    'send_to',
    'url',
  ];
  /** An object with more in it than GA4 knows, at every level. */
  const crowded = (object: object): object => ({
    ...Object.fromEntries(KEYS.map((key) => [key, secret()])),
    nested: { email: secret(), items: [{ item_id: secret() }] },
    method: { email: secret() },
    [secret()]: secret(),
    ...object,
  });
  const { id, name, ...item } = crowded({ ...MUG, coupon: { code: secret() } }) as Record<string, unknown>;
  assert.ok(id && name);
  const ecommerce = crowded({ transaction_id: 'T-1', value: 1, items: [item] });
  const pushes = [
    crowded({ event: 'purchase', ecommerce }),
    crowded({ event: secret() }),
    crowded({ user: crowded({}) }),
    gtag('event', 'add_to_cart', ecommerce),
    gtag('event', secret(), ecommerce),
    gtag('config', secret(), crowded({})),
    gtag('set', 'user_data', crowded({})),
    gtag('consent', 'default', crowded({})),
    crowded({
      ecommerce: crowded({
        purchase: crowded({ actionField: { tax: 1, extra: secret() }, products: [item] }),
      }),
    }),
  ];
  for (const said of [sent(pushes), sent([], pushes)]) {
    assert.deepEqual(
      said.map(({ name }) => name),
      ['purchase', 'add_to_cart', 'purchase'],
    );
    assert.doesNotMatch(JSON.stringify(said), /secret/);
  }
  assert.ok(secrets > 100);
});
