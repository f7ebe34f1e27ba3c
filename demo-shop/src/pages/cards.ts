import type { Product } from '../catalogue/index.ts';
import { drawing, h } from '../dom.ts';
import { selectItem, viewItemList } from '../measure.ts';
import type { List } from '../measure.ts';
import { price } from '../money.ts';

function card(list: List, product: Product, index: number): HTMLElement {
  const swatches = product.variants.map(({ name }) =>
    h('span', { class: `swatch swatch-${name.toLowerCase()}` }),
  );
  return h(
    'li',
    {},
    h(
      'a',
      {
        class: 'card',
        href: `/demo/p/${product.id}`,
        onclick: () => {
          selectItem(list, product, index);
        },
      },
      h('span', { class: 'tile' }, drawing(product.draw(product.variants[0]), '')),
      h('span', { class: 'card-name' }, product.name),
      h('span', { class: 'card-price' }, price(product.price)),
      h('span', { class: 'swatches', 'aria-hidden': 'true' }, ...swatches),
    ),
  );
}

/** A grid of products; says on the data layer that it is shown. */
export function cards(list: List, products: readonly Product[]): HTMLElement {
  viewItemList(list, products);
  return h('ul', { class: 'cards' }, ...products.map((product, index) => card(list, product, index)));
}
