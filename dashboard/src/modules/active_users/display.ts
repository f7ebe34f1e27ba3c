// How the live number is shown and spoken. The server smooths; the screen only rounds.

/**
 * The number on screen: the smoothed one, rounded; the raw one as soon as they differ by less than a half, so that
 * the counter comes to rest on the truth.
 */
export function displayNow(now: number, smoothed: number): number {
  if (!Number.isFinite(smoothed)) return now;
  return Math.abs(smoothed - now) < 0.5 ? now : Math.max(0, Math.round(smoothed));
}

/** Screen readers hear a changed number at most this often. */
export const ANNOUNCE_MS = 15_000;

/** Lets a number through when it differs from the last one let through and enough time has passed; else null. */
export function createAnnouncer(): (value: number, nowMs: number) => number | null {
  let last: number | null = null;
  let at = -Infinity;
  return (value, nowMs) => {
    if (value === last || nowMs - at < ANNOUNCE_MS) return null;
    last = value;
    at = nowMs;
    return value;
  };
}

// A map, not an object: event names come from outside, and `constructor` is one.
const EVENT_WORDS = new Map(
  Object.entries({
    page_view: 'Viewed a page',
    view_item: 'Viewed a product',
    view_item_list: 'Viewed a list',
    select_item: 'Picked a product',
    add_to_wishlist: 'Added to wish list',
    add_to_cart: 'Added to cart',
    remove_from_cart: 'Removed from cart',
    view_cart: 'Viewed the cart',
    begin_checkout: 'Began checkout',
    add_shipping_info: 'Gave shipping details',
    add_payment_info: 'Gave payment details',
    purchase: 'Purchased',
    search: 'Searched',
    sign_up: 'Signed up',
    login: 'Logged in',
  }),
);

/** An event's name for people; unknown names are shown as they are. */
export function eventWord(name: string): string {
  return EVENT_WORDS.get(name) ?? name.replaceAll('_', ' ');
}

/** Events of the shop's till stand out in the feed. */
export function eventTone(name: string): 'plain' | 'cart' | 'sale' {
  if (name === 'purchase') return 'sale';
  return name.includes('cart') || name.includes('checkout') || name.startsWith('add_') ? 'cart' : 'plain';
}
