import * as cart from './cart.ts';
import { CATEGORIES } from './catalogue/index.ts';
import { h } from './dom.ts';
import type { Child } from './dom.ts';

const badge = h('span', { class: 'badge' });
const announcer = h('p', { class: 'visually-hidden', role: 'status' });

export function refreshBadge(): void {
  const pieces = cart.count(cart.lines());
  badge.textContent = String(pieces);
  badge.hidden = pieces === 0;
  badge.setAttribute('aria-label', `${pieces} in the cart`);
}

/** Tells a screen reader what a click has changed. */
export function announce(text: string): void {
  announcer.textContent = text;
}

function categoryLink(name: string, href: string): HTMLElement {
  const here = location.pathname === '/demo/' && location.pathname + location.search === href;
  return h('a', { href, ...(here ? { 'aria-current': 'page' } : {}) }, name);
}

export function header(): HTMLElement {
  refreshBadge();
  return h(
    'header',
    { class: 'top' },
    h('a', { class: 'wordmark', href: '/demo/' }, 'Kiln', h('span', { class: 'amp' }, '&'), 'Cove'),
    h(
      'nav',
      { class: 'nav', 'aria-label': 'Categories' },
      categoryLink('All', '/demo/'),
      ...CATEGORIES.map((name) => categoryLink(name, `/demo/?category=${name.toLowerCase()}`)),
    ),
    h(
      'div',
      { class: 'top-end' },
      h('a', { class: 'to-dashboard', href: '/' }, 'Dashboard'),
      h('a', { class: 'to-cart', href: '/demo/cart' }, 'Cart', badge),
    ),
  );
}

export function footer(): HTMLElement {
  return h(
    'footer',
    { class: 'foot' },
    h(
      'p',
      {},
      h('strong', {}, 'Kiln & Cove'),
      ' is a demo. Nothing here can be bought, and nothing is delivered.',
    ),
    h(
      'p',
      {},
      'It exists to be clicked through: see your own visit on the ',
      h('a', { href: '/' }, 'dashboard'),
      '.',
    ),
  );
}

/** A page: its title and what stands in `<main>`. */
export interface View {
  title: string;
  content: Child[];
}

export function mainOf({ title, content }: View): HTMLElement {
  document.title = `${title} · Kiln & Cove`;
  return h('main', { id: 'main', tabindex: -1 }, ...content, announcer);
}
