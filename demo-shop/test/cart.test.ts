// The cart's rules and sums. A tab's storage is the one thing Node lacks, so a map stands in for it.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as cart from '../src/cart.ts';
import { PRODUCTS, productById, related, variantOf } from '../src/catalogue/index.ts';
import type { Product } from '../src/catalogue/index.ts';
import { net } from '../src/money.ts';
import { DELIVERIES, place, placed } from '../src/order.ts';

const storage = new Map<string, string>();
Object.assign(globalThis, {
  sessionStorage: {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key),
  },
});
beforeEach(() => {
  storage.clear();
});

function product(id: string): Product {
  const found = productById(id);
  assert.ok(found);
  return found;
}

test('adding, taking away and the limit of nine say what really changed', () => {
  const mug = product('tide-mug');
  assert.equal(cart.change(mug, 'Slate', 1), 1);
  assert.equal(cart.change(mug, 'Slate', 20), 8);
  assert.equal(cart.change(mug, 'Slate', 1), 0);
  assert.equal(cart.change(mug, 'Clay', 1), 1);
  assert.equal(cart.count(cart.lines()), 10);
  assert.equal(cart.change(mug, 'Slate', -9), -9);
  assert.deepEqual(cart.lines(), [{ product: mug, variant: 'Clay', quantity: 1 }]);
  assert.equal(cart.change(mug, 'Slate', -1), 0);
});

test('what is not a cart counts as an empty one', () => {
  for (const text of [
    '',
    'null',
    '{',
    '[1]',
    '{"id":"tide-mug"}',
    '[{"id":"tide-mug","variant":"Clay","quantity":"1"}]',
  ]) {
    storage.set('shop.cart', text);
    assert.deepEqual(cart.lines(), [], text);
  }
  storage.set('shop.cart', '[{"id":"gone","variant":"Clay","quantity":1}]');
  assert.deepEqual(cart.lines(), []);
});

test('value, tax and shipping of every possible order add up to what is paid', () => {
  for (const one of PRODUCTS) {
    for (const delivery of DELIVERIES) {
      for (const quantity of [1, 3, 9]) {
        const lines = [
          { product: one, variant: one.variants[0].name, quantity },
          { product: product('field-notebook'), variant: 'Moss', quantity: 1 },
        ];
        place(lines, delivery, 'Card');
        const order = placed();
        assert.ok(order);
        assert.equal(order.value + order.tax + order.shipping, order.total);
        const items = order.items.reduce(
          (sum, item) => sum + Math.round(item.price * 100) * item.quantity,
          0,
        );
        assert.equal(items, order.value);
        assert.match(order.id, /^KC-[2-9A-HJ-NP-Z]{8}$/);
      }
    }
  }
});

test('the net price is the shelf price less 19 % tax, to the cent', () => {
  assert.deepEqual([net(11_900), net(100), net(1_450), net(0)], [10_000, 84, 1_218, 0]);
});

test('the catalogue can be sold: unique ids, three colours each, four others to go with it', () => {
  assert.ok(PRODUCTS.length >= 8);
  assert.equal(new Set(PRODUCTS.map((one) => one.id)).size, PRODUCTS.length);
  for (const one of PRODUCTS) {
    assert.equal(new Set(one.variants.map((variant) => variant.name)).size, 3);
    assert.equal(new Set(related(one)).size, 4);
    assert.ok(!related(one).includes(one));
    assert.equal(variantOf(one, 'no such colour'), one.variants[0]);
    for (const variant of one.variants) assert.doesNotMatch(one.draw(variant), /undefined|NaN/);
  }
});
