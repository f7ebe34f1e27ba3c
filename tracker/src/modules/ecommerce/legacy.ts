// Universal Analytics' enhanced e-commerce, which many shops' data layers still speak:
// https://developers.google.com/analytics/devguides/collection/ua/gtm/enhanced-ecommerce
import type { Say } from './words.ts';

/** What GA4 calls an action. */
const ACTIONS = Object.entries({
  impressions: 'view_item_list',
  detail: 'view_item',
  click: 'select_item',
  add: 'add_to_cart',
  remove: 'remove_from_cart',
  checkout: 'begin_checkout',
  purchase: 'purchase',
});

interface Action {
  actionField?: Record<string, unknown>;
  products?: unknown;
}

/** Says the actions of an `ecommerce` object; returns those that are there. */
export function sayActions(ecommerce: Record<string, unknown>, say: Say): unknown[] {
  return ACTIONS.filter(([action, name]) => {
    const said = ecommerce[action];
    const { actionField = {}, products = said } = Object(said) as Action;
    const { id, list, step, revenue, tax, shipping } = actionField as Record<string, number>;
    // Of the steps of a checkout the first is its beginning.
    if (said && !((step as number) > 1))
      say(name, {
        ...actionField,
        transaction_id: id,
        item_list_name: list,
        currency: ecommerce['currencyCode'],
        // Here with tax and shipping, in GA4 without. What floating point adds to the difference is rounded off.
        value: (revenue as number) - (tax || 0) - (shipping || 0),
        items: products,
      });
    return said;
  });
}
