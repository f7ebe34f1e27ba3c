import * as cart from '../cart.ts';
import type { Line } from '../cart.ts';
import { h } from '../dom.ts';
import { refreshBadge } from '../frame.ts';
import type { View } from '../frame.ts';
import { about, addPaymentInfo, addShippingInfo } from '../measure.ts';
import { price } from '../money.ts';
import { DELIVERIES, PAYMENTS, place } from '../order.ts';
import type { Delivery } from '../order.ts';
import { emptyCart } from './cart.ts';

interface Choice {
  value: string;
  hint: string;
  price: string;
}

function choices(name: string, options: readonly Choice[], changed: (value: string) => void): HTMLElement[] {
  return options.map((option, index) =>
    h(
      'label',
      { class: 'choice' },
      h('input', {
        type: 'radio',
        name,
        value: option.value,
        checked: index === 0,
        onchange: () => {
          changed(option.value);
        },
      }),
      h('span', { class: 'choice-name' }, option.value, option.hint && h('small', {}, option.hint)),
      h('span', {}, option.price),
    ),
  );
}

function summary(lines: Line[], delivery: Delivery): HTMLElement[] {
  const goods = cart.subtotal(lines);
  return [
    h('h2', {}, 'Your order'),
    h(
      'ul',
      { class: 'small-lines' },
      ...lines.map(({ product, variant, quantity }) =>
        h(
          'li',
          {},
          h('span', {}, `${quantity} × ${product.name}, ${variant}`),
          h('span', {}, price(product.price * quantity)),
        ),
      ),
    ),
    h(
      'dl',
      { class: 'sums' },
      ...[
        ['Goods', price(goods)],
        [`Delivery, ${delivery.tier}`, price(delivery.price)],
      ].flatMap(([term = '', sum = '']) => [h('dt', {}, term), h('dd', {}, sum)]),
      h('dt', { class: 'total' }, 'Total'),
      h('dd', { class: 'total' }, price(goods + delivery.price)),
    ),
    h('p', { class: 'muted' }, `With ${price(goods - cart.netSubtotal(lines))} tax on the goods.`),
  ];
}

/** `/demo/checkout`: two steps. It asks for no name and no address, for there is nothing to deliver. */
export function checkoutPage(): View {
  const lines = cart.lines();
  const title = h('h1', { class: 'page-title' }, 'Checkout');
  if (!lines.length) return { title: 'Checkout', content: [title, emptyCart()] };

  let delivery: Delivery = DELIVERIES[0];
  let payment: string = PAYMENTS[0];
  const side = h('aside', { class: 'summary', 'aria-label': 'Your order' }, ...summary(lines, delivery));

  const second = h('fieldset', { class: 'step-box', disabled: true }, h('legend', {}, '2 · Payment'));
  const first = h('fieldset', { class: 'step-box' }, h('legend', {}, '1 · Delivery'));
  const toPayment = (): void => {
    addShippingInfo(lines, delivery.tier);
    first.disabled = true;
    second.disabled = false;
    second.querySelector('input')?.focus();
  };
  const placeOrder = (): void => {
    addPaymentInfo(lines, payment);
    place(lines, delivery, payment);
    cart.clear();
    refreshBadge();
    location.assign('/demo/thank-you');
  };

  const deliveries = DELIVERIES.map((one) => ({
    value: one.tier,
    hint: one.promise,
    price: one.price ? price(one.price) : 'free',
  }));
  first.append(
    ...choices('delivery', deliveries, (tier) => {
      delivery = DELIVERIES.find((one) => one.tier === tier) ?? DELIVERIES[0];
      side.replaceChildren(...summary(lines, delivery));
    }),
    h('button', { class: 'button', type: 'button', onclick: toPayment }, 'Continue to payment'),
  );
  const payments = PAYMENTS.map((value) => ({ value, hint: '', price: '' }));
  second.append(
    ...choices('payment', payments, (type) => {
      payment = type;
    }),
    h('button', { class: 'button', type: 'button', onclick: placeOrder }, 'Place the order'),
  );

  about('begin_checkout', lines);
  const note = h('p', { class: 'note' }, 'A demo asks for no name and no address. Choose, continue, done.');
  return {
    title: 'Checkout',
    content: [title, note, h('div', { class: 'with-summary' }, h('form', {}, first, second), side)],
  };
}
