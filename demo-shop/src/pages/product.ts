import * as cart from '../cart.ts';
import { related, variantOf } from '../catalogue/index.ts';
import type { Product } from '../catalogue/index.ts';
import type { Palette } from '../catalogue/palettes.ts';
import { drawing, h } from '../dom.ts';
import { announce, refreshBadge } from '../frame.ts';
import type { View } from '../frame.ts';
import { about } from '../measure.ts';
import { price } from '../money.ts';
import { cards } from './cards.ts';

const TABS = [
  { slug: '', name: 'About', text: (product: Product) => product.about },
  { slug: 'care', name: 'Care and repair', text: (product: Product) => product.care },
  {
    slug: 'delivery',
    name: 'Delivery',
    text: () =>
      'Two to four working days, or tomorrow with express. Send it back within 30 days, free of charge.',
  },
] as const;

type Tab = (typeof TABS)[number];

function tabAddress(product: Product, tab: Tab): string {
  return `/demo/p/${product.id}${tab.slug && `/${tab.slug}`}`;
}

function tabOfAddress(): Tab {
  const slug = location.pathname.split('/')[4] ?? '';
  return TABS.find((tab) => tab.slug === slug) ?? TABS[0];
}

/** Each tab is a page of its own with an address of its own, reached by `pushState`: the SPA part of the shop. */
function tabs(product: Product): HTMLElement {
  const text = h('p', { class: 'tab-text' });
  const show = (): void => {
    const current = tabOfAddress();
    text.textContent = current.text(product);
    for (const link of links) {
      if (link.pathname === tabAddress(product, current)) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    document.title = `${product.name}${current.slug && `: ${current.name}`} · Kiln & Cove`;
  };
  const links = TABS.map((tab) =>
    h(
      'a',
      {
        href: tabAddress(product, tab),
        onclick: (event) => {
          // A click that asks for a new tab or window is the browser's.
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          if (tab === tabOfAddress()) return;
          history.pushState(null, '', tabAddress(product, tab) + location.hash);
          show();
        },
      },
      tab.name,
    ),
  );
  addEventListener('popstate', show);
  // The page's own title is set when it is put together; the tab's comes after it.
  queueMicrotask(show);
  return h('section', { class: 'tabs' }, h('nav', { 'aria-label': product.name }, ...links), text);
}

function swatches(product: Product, chosen: Palette, choose: (variant: Palette) => void): HTMLElement {
  return h(
    'fieldset',
    { class: 'colours' },
    h('legend', {}, 'Colour'),
    ...product.variants.map((variant) =>
      h(
        'label',
        { class: 'colour' },
        h('input', {
          type: 'radio',
          name: 'colour',
          value: variant.name,
          checked: variant === chosen,
          onchange: () => {
            choose(variant);
          },
        }),
        h('span', { class: `swatch swatch-${variant.name.toLowerCase()}`, 'aria-hidden': 'true' }),
        variant.name,
      ),
    ),
  );
}

/** `/demo/p/<id>`, `/demo/p/<id>/care`, `/demo/p/<id>/delivery`; the colour is the fragment, which makes no new page. */
export function productPage(product: Product): View {
  let variant = variantOf(product, decodeURIComponent(location.hash.slice(1)));
  const tile = h('div', { class: 'tile tile-large' });
  const paint = (): void => {
    tile.replaceChildren(drawing(product.draw(variant), `${product.name}, ${variant.name}`));
  };
  paint();

  const add = (): void => {
    const added = cart.change(product, variant.name, 1);
    if (added) about('add_to_cart', [{ product, variant: variant.name, quantity: added }]);
    refreshBadge();
    announce(added ? `${product.name} is in the cart.` : `No more than nine of ${product.name}.`);
    done.hidden = false;
    done.replaceChildren(
      added ? 'In the cart. ' : 'No more than nine of one. ',
      h('a', { href: '/demo/cart' }, 'Go to the cart'),
    );
  };
  const done = h('p', { class: 'added', hidden: true });
  const buy = h(
    'div',
    { class: 'buy' },
    h('p', { class: 'eyebrow' }, product.category),
    h('h1', {}, product.name),
    h('p', { class: 'lead' }, product.tagline),
    h('p', { class: 'price' }, price(product.price), h('small', {}, ' with tax')),
    swatches(product, variant, (next) => {
      variant = next;
      history.replaceState(null, '', `#${next.name}`);
      paint();
    }),
    h('button', { class: 'button', type: 'button', onclick: add }, 'Add to cart'),
    done,
    tabs(product),
  );
  about('view_item', [{ product, variant: variant.name, quantity: 1 }]);
  return {
    title: product.name,
    content: [
      h('div', { class: 'product' }, tile, buy),
      h(
        'section',
        {},
        h('h2', {}, 'Goes well with it'),
        cards({ id: 'related', name: 'Goes well with it' }, related(product)),
      ),
    ],
  };
}
