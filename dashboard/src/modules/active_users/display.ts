// How the live number is shown and spoken. The server counts and smooths; the screen chooses and rounds.

/** From so many visitors on, the number stands for a crowd. */
const CROWD = 100;

/**
 * The number on screen. Few people are counted: whoever opens the shop in another tab must see it here at once. Of a
 * crowd the smoothed number is shown, so that it does not flicker; it never leaves the crowd before the count does, and
 * it comes to rest on the count as soon as they differ by less than a half.
 */
export function displayNow(now: number, smoothed: number): number {
  if (now < CROWD || !Number.isFinite(smoothed) || Math.abs(smoothed - now) < 0.5) return now;
  return Math.max(CROWD, Math.round(smoothed));
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
