// GA4's words for a shop: https://developers.google.com/analytics/devguides/collection/ga4/reference/events
import { ITEMS_LIMIT } from '../../core/limits.ts';

/** What happens in a shop. */
const SHOP_EVENT =
  /^((view|select)_(item|promotion)|view_(item_list|cart)|add_to_(cart|wishlist)|remove_from_cart|begin_checkout|add_(shipping|payment)_info|purchase|refund)$/;

/** What `gtag` may say besides; on a data layer these names could mean anything. */
const OTHER_EVENT = /^(search|sign_up|login|generate_lead)$/;

/** The parameters of events and the fields of items that are read; no other ever leaves the page. */
const PARAMETER =
  /^(value|currency|transaction_id|tax|shipping|shipping_tier|payment_type|customer_type|location_id|coupon|affiliation|price|quantity|discount|index|search_term|method|lead_source|(item|promotion|creative)_\w+)$/;

/** Says an event. */
export type Say = (name: string, said: object) => void;

/** Is it an event's name, on a data layer or by `gtag`? */
export const isEvent = (name: unknown, gtag?: boolean): name is string =>
  typeof name === 'string' && (SHOP_EVENT.test(name) || (!!gtag && OTHER_EVENT.test(name)));

/** A copy of what is known, under GA4's names; what is empty says nothing. Of an item, Universal Analytics' names are known too. */
export function known(said: object, isItem?: boolean): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(said) as [string, unknown][]) {
    const name = isItem
      ? key
          .replace(/^(id|name|brand|category|variant|list_name)$/, 'item_$1')
          .replace(/^list$/, 'item_list_name')
          .replace(/^(list_)?position$/, 'index')
      : key;
    if (key === 'items' && Array.isArray(part))
      kept[key] = part.slice(0, ITEMS_LIMIT).map((item: object) => known(item, true));
    else if (
      PARAMETER.test(name) &&
      // Who says both names means GA4's.
      (key === name || !(name in said)) &&
      (typeof part === 'string' ? part : part === Number(part))
    )
      kept[name] = part;
  }
  return kept;
}
