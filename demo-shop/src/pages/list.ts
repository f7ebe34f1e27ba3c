import { CATEGORIES, PRODUCTS } from '../catalogue/index.ts';
import { bowls, lamp, vase } from '../catalogue/drawings.ts';
import { CLAY, OCHRE, SLATE } from '../catalogue/palettes.ts';
import { drawing, h } from '../dom.ts';
import type { View } from '../frame.ts';
import { cards } from './cards.ts';

function hero(): HTMLElement {
  return h(
    'section',
    { class: 'hero' },
    h(
      'div',
      { class: 'hero-text' },
      h('p', { class: 'eyebrow' }, 'The autumn shelf'),
      h('h1', {}, 'Things that get better with use'),
      h(
        'p',
        { class: 'lead' },
        'Lamps, bowls and blankets made slowly, in small numbers, to be repaired rather than replaced.',
      ),
      h('a', { class: 'button', href: '#shelf' }, 'See the shelf'),
    ),
    h(
      'div',
      { class: 'hero-art' },
      drawing(vase(OCHRE), ''),
      drawing(lamp(CLAY), ''),
      drawing(bowls(SLATE), ''),
    ),
  );
}

/** `/demo/` and `/demo/?category=light` */
export function listPage(search: URLSearchParams): View {
  const category = CATEGORIES.find((name) => name.toLowerCase() === search.get('category'));
  if (!category) {
    const shelf = h(
      'section',
      { id: 'shelf' },
      h('h2', {}, 'The shelf'),
      cards({ id: 'all', name: 'The shelf' }, PRODUCTS),
    );
    return { title: 'Everyday objects, made slowly', content: [hero(), shelf] };
  }
  const products = PRODUCTS.filter((product) => product.category === category);
  return {
    title: category,
    content: [
      h('h1', { class: 'page-title' }, category),
      cards({ id: category.toLowerCase(), name: category }, products),
    ],
  };
}
