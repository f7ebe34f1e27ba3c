// What Shopify's standard events say (https://shopify.dev/docs/api/web-pixels-api/standard-events), in GA4's words. Of a
// checkout only what is named here is read: never its e-mail, phone, names or addresses.
import { clean } from '../../core/address.ts';
import { ITEMS_LIMIT } from '../../core/limits.ts';
import { short } from '../../core/text.ts';

interface Money {
  amount?: number | string | null;
  currencyCode?: string | null;
}

interface Variant {
  id?: string | null;
  title?: string | null;
  price?: Money | null;
  product?: {
    id?: string | null;
    title?: string | null;
    vendor?: string | null;
    type?: string | null;
  } | null;
}

interface CartLine {
  merchandise?: Variant | null;
  quantity?: number;
  cost?: { totalAmount?: Money | null } | null;
}

/** A cart, as far as it is read. */
export interface Cart {
  id?: string | null;
  lines?: CartLine[];
  cost?: { totalAmount?: Money | null } | null;
}

interface Checkout {
  token?: string | null;
  currencyCode?: string | null;
  subtotalPrice?: Money | null;
  totalPrice?: Money | null;
  totalTax?: Money | null;
  shippingLine?: { price?: Money | null } | null;
  lineItems?: { variant?: Variant | null; quantity?: number }[];
  discountApplications?: { type?: string; title?: string }[];
  delivery?: {
    selectedDeliveryOptions?: { title?: string | null; costAfterDiscounts?: Money | null }[];
  } | null;
  transactions?: { gateway?: string | null }[];
  order?: { id?: string | null; customer?: { isFirstOrder?: boolean | null } | null } | null;
}

/** What comes with an event. */
export interface Data {
  productVariant?: Variant | null;
  collection?: { id?: string | null; title?: string | null; productVariants?: Variant[] } | null;
  searchResult?: { query?: string | null } | null;
  cartLine?: CartLine | null;
  cart?: Cart | null;
  checkout?: Checkout | null;
}

/** An event, as far as it is read. */
export interface ShopifyEvent {
  name: string;
  clientId?: string | null;
  timestamp?: string;
  context?: {
    document?: { location?: { href?: string }; referrer?: string; title?: string };
    window?: { innerWidth?: number; innerHeight?: number };
  };
  data?: Data | null;
}

type Fields = Record<string, unknown>;

/** The number in `gid://shopify/Product/42`; what has none stays as it is. */
const idOf = (gid?: string | null): string | undefined =>
  (/(\d+)(\?.*)?$/.exec(gid || '') || [])[1] || gid || undefined;

/** A cart's token is the last part of its id; what follows it opens the cart. */
const tokenOf = (cart?: Cart | null): string | undefined =>
  ((cart && cart.id) || '').replace(/\?.*/, '').replace(/.*\//, '') || undefined;

/** Amounts are numbers, or their texts. */
function amount(money?: Money | null): number | undefined {
  const { amount: said = null } = money || {};
  return said === null ? undefined : +Number(said).toFixed(4);
}

function itemOf(variant: Variant | null | undefined, more: Fields): Fields {
  const { id, title, price, product } = variant || {};
  const { id: productId, title: name, vendor, type } = product || {};
  return {
    item_id: idOf(productId),
    item_name: name || undefined,
    item_brand: vendor || undefined,
    item_category: type || undefined,
    // So Shopify calls the only variant of a product.
    item_variant: title === 'Default Title' ? undefined : title || undefined,
    variant_id: idOf(id),
    price: amount(price),
    ...more,
  };
}

/** At most as many as the door takes of one event, and none of which nobody could say what it is. */
const itemsOf = (items: Fields[]): Fields[] =>
  items.filter((item) => item['item_id'] || item['item_name']).slice(0, ITEMS_LIMIT);

function currencyOf(money?: Money | null): string | undefined {
  return (money && money.currencyCode) || undefined;
}

function ofCart(lines: CartLine[], total: Money | null | undefined, cart?: Cart | null): Fields {
  const worth = { currency: currencyOf(total), value: amount(total) };
  const items = lines.map(({ merchandise, quantity }) => itemOf(merchandise, { quantity }));
  return { ...worth, cart_token: tokenOf(cart), items: itemsOf(items) };
}

/** Money of a checkout by GA4's rule: what is paid is value + tax + shipping, whether prices hold the tax or not. */
function totalsOf(checkout: Checkout): { value: number | undefined; tax: number; shipping: number } {
  const { selectedDeliveryOptions: options = [] } = checkout.delivery || {};
  const tax = amount(checkout.totalTax) || 0;
  const shipping = options.length
    ? options.reduce((sum, { costAfterDiscounts: cost }) => sum + (amount(cost) || 0), 0)
    : amount(checkout.shippingLine && checkout.shippingLine.price) || 0;
  const total = amount(checkout.totalPrice);
  const value = total === undefined ? amount(checkout.subtotalPrice) : +(total - tax - shipping).toFixed(4);
  return { value, tax, shipping: +shipping.toFixed(4) };
}

function ofCheckout(checkout: Checkout, cart?: Cart | null): Fields {
  const codes = (checkout.discountApplications || []).filter(({ type }) => type === 'DISCOUNT_CODE');
  return {
    currency: checkout.currencyCode || currencyOf(checkout.totalPrice),
    value: totalsOf(checkout).value,
    coupon: codes.map(({ title }) => title).join() || undefined,
    checkout_token: checkout.token || undefined,
    cart_token: tokenOf(cart),
    items: itemsOf((checkout.lineItems || []).map(({ variant, quantity }) => itemOf(variant, { quantity }))),
  };
}

function ofOrder(checkout: Checkout, cart?: Cart | null): Fields {
  const { id, customer } = checkout.order || {};
  const { isFirstOrder } = customer || {};
  const { tax, shipping } = totalsOf(checkout);
  return {
    ...ofCheckout(checkout, cart),
    transaction_id: idOf(id) || checkout.token || undefined,
    tax,
    shipping,
    customer_type: typeof isFirstOrder === 'boolean' ? (isFirstOrder ? 'new' : 'returning') : undefined,
  };
}

/** By Shopify's name: GA4's, and the parameters. */
const EVENTS: Record<string, (data: Data, cart?: Cart | null) => [name: string, parameters: Fields]> = {
  page_viewed: () => ['page_view', {}],
  product_viewed({ productVariant: variant }) {
    const price = variant && variant.price;
    const worth = { currency: currencyOf(price), value: amount(price) };
    return ['view_item', { ...worth, items: itemsOf([itemOf(variant, { quantity: 1 })]) }];
  },
  collection_viewed({ collection }) {
    const { id, title, productVariants: variants = [] } = collection || {};
    const items = variants.map((variant, index) => itemOf(variant, { index }));
    return [
      'view_item_list',
      { item_list_id: idOf(id), item_list_name: title || undefined, items: itemsOf(items) },
    ];
  },
  search_submitted: ({ searchResult: result }) => [
    'search',
    { search_term: (result && result.query) || undefined },
  ],
  product_added_to_cart: ({ cartLine: line }, cart) => [
    'add_to_cart',
    ofCart(line ? [line] : [], line && line.cost && line.cost.totalAmount, cart),
  ],
  product_removed_from_cart: ({ cartLine: line }, cart) => [
    'remove_from_cart',
    ofCart(line ? [line] : [], line && line.cost && line.cost.totalAmount, cart),
  ],
  cart_viewed: ({ cart }) => [
    'view_cart',
    ofCart((cart && cart.lines) || [], cart && cart.cost && cart.cost.totalAmount, cart),
  ],
  checkout_started: ({ checkout }, cart) => ['begin_checkout', ofCheckout(checkout || {}, cart)],
  checkout_shipping_info_submitted({ checkout }, cart) {
    const [option] = (checkout && checkout.delivery && checkout.delivery.selectedDeliveryOptions) || [];
    return [
      'add_shipping_info',
      { ...ofCheckout(checkout || {}, cart), shipping_tier: (option && option.title) || undefined },
    ];
  },
  payment_info_submitted({ checkout }, cart) {
    const [transaction] = (checkout && checkout.transactions) || [];
    return [
      'add_payment_info',
      {
        ...ofCheckout(checkout || {}, cart),
        payment_type: (transaction && transaction.gateway) || undefined,
      },
    ];
  },
  checkout_completed: ({ checkout }, cart) => ['purchase', ofOrder(checkout || {}, cart)],
};

/** Name and parameters of an event in GA4's words; null of one that has none there. `cart` is the one at hand. */
export function understand({ name, data }: ShopifyEvent, cart?: Cart | null): [string, Fields] | null {
  const read = Object.prototype.hasOwnProperty.call(EVENTS, name) ? EVENTS[name] : undefined;
  return read ? read(data || {}, cart) : null;
}

/** The address that may be sent: in a checkout's and an order's own stands what opens it. */
function addressOf(href = ''): string {
  return clean(href).replace(/\/(checkouts(?:\/[a-z]{2})?|orders)\/[^/?]+/, '/$1/-');
}

/** Where it happened. */
export function placeOf({ context = {} }: ShopifyEvent): {
  url: string | undefined;
  referrer: string;
  title: string;
} {
  const { location = {}, referrer, title = '' } = context.document || {};
  return { url: addressOf(location.href) || undefined, referrer: addressOf(referrer), title: short(title) };
}
