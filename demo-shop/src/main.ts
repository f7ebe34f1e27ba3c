import './styles.css';
import { productById } from './catalogue/index.ts';
import { h } from './dom.ts';
import { footer, header, mainOf } from './frame.ts';
import type { View } from './frame.ts';
import { cartPage } from './pages/cart.ts';
import { checkoutPage } from './pages/checkout.ts';
import { listPage } from './pages/list.ts';
import { notFoundPage } from './pages/not_found.ts';
import { productPage } from './pages/product.ts';
import { thankYouPage } from './pages/thank_you.ts';
import { panel } from './panel.ts';

/** The page of an address; the server sends the same document for all of them. */
function view(address: URL): View {
  const [page = '', id = ''] = address.pathname.replace(/^\/demo\/?/, '').split('/');
  switch (page) {
    case '':
      return listPage(address.searchParams);
    case 'p': {
      const product = productById(id);
      return product ? productPage(product) : notFoundPage();
    }
    case 'cart':
      return cartPage();
    case 'checkout':
      return checkoutPage();
    case 'thank-you':
      return thankYouPage();
    default:
      return notFoundPage();
  }
}

// The panel listens first, so that it hears what the page says while it is put together.
const side = panel();
document.body.replaceChildren(
  h('a', { class: 'skip', href: '#main' }, 'To the content'),
  h('div', { class: 'shop' }, header(), mainOf(view(new URL(location.href))), footer()),
  side,
);
