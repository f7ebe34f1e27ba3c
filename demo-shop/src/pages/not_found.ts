import { h } from '../dom.ts';
import type { View } from '../frame.ts';

export function notFoundPage(why = 'We have no page at this address.'): View {
  return {
    title: 'Not found',
    content: [
      h(
        'div',
        { class: 'empty' },
        h('h1', {}, 'Nothing here'),
        h('p', { class: 'lead' }, why),
        h('a', { class: 'button', href: '/demo/' }, 'To the shelf'),
      ),
    ],
  };
}
