/** Money: a decimal text is exact, a number is what the shop's own code happens to have. */
export type Money = string | number;

/** An item by GA4's names. */
export interface Item {
  item_id?: string;
  item_name?: string;
  item_brand?: string;
  item_category?: string;
  item_variant?: string;
  price?: Money;
  quantity?: number;
  [parameter: string]: unknown;
}

/** What an event says; anything beside the three named parameters becomes a text property of the event. */
export interface Parameters {
  value?: Money;
  currency?: string;
  items?: readonly Item[];
  [parameter: string]: unknown;
}

/** Names with a meaning of their own; any other that fits `[a-z][a-z0-9_]{0,63}` is a custom event. */
export type KnownName =
  | 'view_item_list'
  | 'select_item'
  | 'view_item'
  | 'add_to_wishlist'
  | 'add_to_cart'
  | 'remove_from_cart'
  | 'view_cart'
  | 'begin_checkout'
  | 'add_shipping_info'
  | 'add_payment_info'
  | 'purchase'
  | 'refund'
  | 'view_promotion'
  | 'select_promotion'
  | 'search'
  | 'sign_up'
  | 'login'
  | 'generate_lead';

/** `window.ut('add_to_cart', { value: '59.90', currency: 'EUR', items: [...] })` */
export interface Ut {
  // The intersection keeps the editor's suggestions, which `string` alone would swallow.
  (name: KnownName | (string & Record<never, never>), parameters?: Parameters): void;
  /** From now on nothing is sent of this browser on this shop, until the shop's own storage is cleared. */
  optOut?: () => void;
  /** Calls made through a stub before the tracker was there. */
  q?: Iterable<unknown>[];
  /** What further scripts of the tracker use; of no meaning to the shop. */
  tracker?: unknown;
}

declare global {
  interface Window {
    ut?: Ut;
  }
}
