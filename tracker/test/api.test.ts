import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFields } from '../src/core/fields.ts';

test('value, currency and items stay the event’s own; the rest become text properties', () => {
  const items = [{ item_id: '42', price: '59.90', quantity: 1 }];
  const fields = eventFields({
    value: '59.90',
    currency: 'EUR',
    items,
    transaction_id: 'T-1',
    tax: 9.56,
    gift: true,
    detail: { a: 1 },
    nothing: null,
    missing: undefined,
  });
  // As they go into a request.
  assert.deepEqual(JSON.parse(JSON.stringify(fields)), {
    value: '59.90',
    currency: 'EUR',
    items,
    props: { transaction_id: 'T-1', tax: '9.56', gift: 'true', detail: '{"a":1}' },
  });
});

test('amounts lose what floating point has added, and nothing else changes', () => {
  const fields = eventFields({
    value: 3 * 19.9,
    tax: 0.1 + 0.2,
    shipping: '4.90',
    price: '16.806722',
    discount: 'none',
    latitude: 48.137154321,
    items: [
      {
        item_id: 4006381333931,
        price: 1 / 3,
        quantity: '2' as never,
        discount: null as never,
        size: '1.234567',
      },
    ],
  });
  assert.deepEqual(JSON.parse(JSON.stringify(fields)), {
    value: 59.7,
    items: [{ item_id: 4006381333931, price: 0.3333, quantity: 2, discount: null, size: '1.234567' }],
    props: { tax: '0.3', shipping: '4.90', price: '16.8067', discount: 'none', latitude: '48.137154321' },
  });
});
