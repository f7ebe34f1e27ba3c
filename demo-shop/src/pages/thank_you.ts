import { h } from '../dom.ts';
import type { View } from '../frame.ts';
import { purchase } from '../measure.ts';
import { price } from '../money.ts';
import { markTold, placed } from '../order.ts';
import { notFoundPage } from './not_found.ts';

/** `/demo/thank-you` */
export function thankYouPage(): View {
  const order = placed();
  if (!order) return notFoundPage('There is no order in this tab yet.');
  if (!order.told) {
    markTold(order);
    purchase(order);
  }
  const fact = (term: string, value: string): HTMLElement[] => [h('dt', {}, term), h('dd', {}, value)];
  return {
    title: 'Thank you',
    content: [
      h(
        'section',
        { class: 'thanks' },
        h('p', { class: 'eyebrow' }, 'Order placed'),
        h('h1', {}, 'Thank you.'),
        h(
          'p',
          { class: 'lead' },
          'This is a demo: nothing will arrive at your door. Your visit, though, is on the dashboard.',
        ),
        h(
          'dl',
          { class: 'sums' },
          ...fact('Order', order.id),
          ...fact('Pieces', String(order.pieces)),
          ...fact('Delivery', order.tier),
          ...fact('Payment', order.payment),
          h('dt', { class: 'total' }, 'Total'),
          h('dd', { class: 'total' }, price(order.total)),
        ),
        h(
          'p',
          { class: 'thanks-links' },
          h('a', { class: 'button', href: '/' }, 'See your visit'),
          h('a', { href: '/demo/' }, 'Back to the shelf'),
        ),
      ),
    ],
  };
}
