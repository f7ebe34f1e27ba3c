import * as cart from '../cart.ts';
import type { Line } from '../cart.ts';
import { variantOf } from '../catalogue/index.ts';
import { drawing, h } from '../dom.ts';
import { announce, refreshBadge } from '../frame.ts';
import type { View } from '../frame.ts';
import { about } from '../measure.ts';
import { price } from '../money.ts';

function stepper(line: Line, step: (by: number) => void): HTMLElement {
  const { name } = line.product;
  const button = (by: number, sign: string, label: string): HTMLElement =>
    h(
      'button',
      {
        type: 'button',
        class: 'step',
        'data-step': by,
        'aria-label': `${label} ${name}`,
        onclick: () => {
          step(by);
        },
      },
      sign,
    );
  return h(
    'div',
    { class: 'stepper' },
    button(-1, '−', 'One less of'),
    h('span', { class: 'quantity' }, String(line.quantity)),
    button(1, '+', 'One more of'),
  );
}

function row(line: Line, step: (by: number) => void): HTMLElement {
  const { product, variant, quantity } = line;
  return h(
    'li',
    { class: 'line', 'data-line': `${product.id} ${variant}` },
    h(
      'a',
      { class: 'tile', href: `/demo/p/${product.id}#${variant}`, tabindex: -1, 'aria-hidden': 'true' },
      drawing(product.draw(variantOf(product, variant)), ''),
    ),
    h(
      'div',
      { class: 'line-text' },
      h('a', { href: `/demo/p/${product.id}#${variant}` }, product.name),
      h('span', { class: 'muted' }, variant),
      h(
        'button',
        {
          type: 'button',
          class: 'link',
          'aria-label': `Remove ${product.name}`,
          onclick: () => {
            step(-quantity);
          },
        },
        'Remove',
      ),
    ),
    stepper(line, step),
    h('span', { class: 'line-price' }, price(product.price * quantity)),
  );
}

export function emptyCart(): HTMLElement {
  return h(
    'div',
    { class: 'empty' },
    h('p', { class: 'lead' }, 'Your cart is empty.'),
    h('a', { class: 'button', href: '/demo/' }, 'To the shelf'),
  );
}

function summary(lines: Line[]): HTMLElement {
  return h(
    'aside',
    { class: 'summary', 'aria-label': 'Summary' },
    h(
      'dl',
      { class: 'sums' },
      h('dt', {}, 'Goods'),
      h('dd', {}, price(cart.subtotal(lines))),
      h('dt', {}, 'Delivery'),
      h('dd', {}, 'at checkout'),
    ),
    h('a', { class: 'button', href: '/demo/checkout' }, 'To checkout'),
    h('p', { class: 'muted' }, 'Prices with 19 % tax.'),
  );
}

/** `/demo/cart` */
export function cartPage(): View {
  const body = h('div', { class: 'with-summary' });
  const redraw = (): void => {
    const lines = cart.lines();
    refreshBadge();
    if (!lines.length) {
      body.replaceChildren(emptyCart());
      return;
    }
    body.replaceChildren(
      h(
        'ul',
        { class: 'lines' },
        ...lines.map((line) =>
          row(line, (by) => {
            step(line, by);
          }),
        ),
      ),
      summary(lines),
    );
  };
  const step = (line: Line, by: number): void => {
    const { product, variant } = line;
    const changed = cart.change(product, variant, by);
    if (changed)
      about(changed > 0 ? 'add_to_cart' : 'remove_from_cart', [
        { product, variant, quantity: Math.abs(changed) },
      ]);
    redraw();
    announce(`${product.name}: ${line.quantity + changed}`);
    // The button that was pressed is gone with the redrawing; its successor takes the focus.
    body
      .querySelector<HTMLElement>(`[data-line="${product.id} ${variant}"] [data-step="${Math.sign(by)}"]`)
      ?.focus();
  };
  redraw();
  const lines = cart.lines();
  if (lines.length) about('view_cart', lines);
  return { title: 'Cart', content: [h('h1', { class: 'page-title' }, 'Cart'), body] };
}
