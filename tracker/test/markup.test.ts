import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf, parametersOf } from '../src/modules/ecommerce/markup.ts';

const attributes = (said: Record<string, string>): { name: string; value: string }[] =>
  Object.entries(said).map(([name, value]) => ({ name, value }));

test('attributes are parameters with dashes for underscores; no others are read', () => {
  const fields = fieldsOf(
    attributes({
      'data-ut-event': 'add_to_cart',
      'data-ut-view': 'view_item',
      'data-ut-item-id': '42',
      'data-ut-item-list-name': 'Sale',
      'data-ut-eventful': 'yes',
      'data-ut-coupon': '',
      'data-price': '1',
      'data-uta-price': '1',
      class: 'button',
      value: 'secret',
    }),
  );
  assert.deepEqual(fields, { item_id: '42', item_list_name: 'Sale', eventful: 'yes' });
});

test('an element that names an item is that item; what is of the event stays with the event', () => {
  const own = {
    item_id: '42',
    item_category2: 'Cups',
    price: '19.90',
    quantity: '1',
    discount: '2',
    index: '3',
    item_list_id: 'sale',
    coupon: 'SUMMER',
    value: '17.90',
    currency: 'EUR',
  };
  assert.deepEqual(parametersOf(own, [{ item_id: 'inside' }], { item_id: 'around' }, 'USD'), {
    currency: 'EUR',
    item_list_id: 'sale',
    coupon: 'SUMMER',
    value: '17.90',
    items: [
      { item_id: '42', item_category2: 'Cups', price: '19.90', quantity: '1', discount: '2', index: '3' },
    ],
  });
});

test('the items inside, else the one around with what the element adds to it, else none', () => {
  const inside = [{ item_id: '1', coupon: 'FREE' }, { item_name: 'Card' }];
  assert.deepEqual(parametersOf({ value: '5' }, inside, { item_id: 'around' }, 'EUR'), {
    currency: 'EUR',
    value: '5',
    items: inside,
  });
  const around = { item_id: '42', price: '19.90', value: '19.90', currency: 'USD' };
  assert.deepEqual(parametersOf({ quantity: '2', value: '39.80' }, [], around, 'EUR'), {
    currency: 'EUR',
    value: '39.80',
    items: [{ item_id: '42', price: '19.90', quantity: '2' }],
  });
  assert.deepEqual(parametersOf({ size: 'XL' }, [], null, undefined), { currency: undefined, size: 'XL' });
});
