/**
 * What the shop tells any measuring script: GA4's e-commerce events on `window.dataLayer`
 * (https://developers.google.com/analytics/devguides/collection/ga4/ecommerce). Amounts are without tax, so that
 * `value + tax + shipping` is what the customer pays.
 */
import { netSubtotal } from './cart.ts';
import type { Line } from './cart.ts';
import type { Product } from './catalogue/index.ts';
import { CURRENCY, net, units } from './money.ts';
import type { Cents } from './money.ts';

/** An item by GA4's names. */
export interface Item {
  item_id: string;
  item_name: string;
  item_brand: string;
  item_category: string;
  item_variant: string;
  price: number;
  quantity: number;
  index?: number;
  item_list_id?: string;
  item_list_name?: string;
}

/** A list of products on a page. */
export interface List {
  id: string;
  name: string;
}

/** An order as the thank-you page reports it. */
export interface Order {
  id: string;
  value: Cents;
  tax: Cents;
  shipping: Cents;
  items: Item[];
}

interface Push {
  event?: string;
  ecommerce: Record<string, unknown> | null;
}

declare global {
  interface Window {
    dataLayer?: Push[];
  }
}

function push(event: string, ecommerce: Record<string, unknown>): void {
  const layer = (window.dataLayer ??= []);
  // Clears what the event before has left, as GA4 asks for.
  layer.push({ ecommerce: null });
  layer.push({ event, ecommerce });
}

export function itemOf({ product, variant, quantity }: Line): Item {
  return {
    item_id: product.id,
    item_name: product.name,
    item_brand: 'Kiln & Cove',
    item_category: product.category,
    item_variant: variant,
    price: units(net(product.price)),
    quantity,
  };
}

function listed(list: List, product: Product, index: number): Item {
  const item = itemOf({ product, variant: product.variants[0].name, quantity: 1 });
  return { ...item, index, item_list_id: list.id, item_list_name: list.name };
}

const inList = (list: List): Record<string, unknown> => ({
  item_list_id: list.id,
  item_list_name: list.name,
});
const worth = (lines: Line[]): Record<string, unknown> => ({
  currency: CURRENCY,
  value: units(netSubtotal(lines)),
});

export function viewItemList(list: List, products: readonly Product[]): void {
  push('view_item_list', {
    ...inList(list),
    items: products.map((product, at) => listed(list, product, at)),
  });
}

export function selectItem(list: List, product: Product, index: number): void {
  push('select_item', { ...inList(list), items: [listed(list, product, index)] });
}

/** One of the events that say currency, value and items of some lines. */
export function about(
  event: 'view_item' | 'add_to_cart' | 'remove_from_cart' | 'view_cart' | 'begin_checkout',
  lines: Line[],
): void {
  push(event, { ...worth(lines), items: lines.map(itemOf) });
}

export function addShippingInfo(lines: Line[], tier: string): void {
  push('add_shipping_info', { ...worth(lines), shipping_tier: tier, items: lines.map(itemOf) });
}

export function addPaymentInfo(lines: Line[], type: string): void {
  push('add_payment_info', { ...worth(lines), payment_type: type, items: lines.map(itemOf) });
}

export function purchase(order: Order): void {
  push('purchase', {
    transaction_id: order.id,
    currency: CURRENCY,
    value: units(order.value),
    tax: units(order.tax),
    shipping: units(order.shipping),
    items: order.items,
  });
}
