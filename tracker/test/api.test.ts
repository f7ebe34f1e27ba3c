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
