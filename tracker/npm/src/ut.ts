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

/** What the visitor agrees to and refuses. Each axis stands for itself; one that is not named stays as it is. */
export interface Choice {
  /** Being recognised on the next visit. */
  analytics?: boolean;
  /** Being told of to advertisers. */
  marketing?: boolean;
  /** Content chosen for this visitor. */
  personalization?: boolean;
  /** Version of the words the visitor was shown. */
  policy_version?: string;
}

/** What holds now, by all that is known: the site's rules, the visitor's choices and the browser's signals. */
export interface Axes {
  analytics: boolean;
  marketing: boolean;
  personalization: boolean;
}

/** `window.ut('add_to_cart', { value: '59.90', currency: 'EUR', items: [...] })` */
export interface Ut {
  // The intersection keeps the editor's suggestions, which `string` alone would swallow.
  (name: KnownName | (string & Record<never, never>), parameters?: Parameters): void;
  /**
   * Says what the visitor has chosen, and gives what holds now. It is sent until it arrives; null when that takes longer
   * than 3 s.
   */
  consent?: (choice: Choice) => Promise<Axes | null>;
  /** From now on nothing is sent of this browser on this shop, until `optIn`. */
  optOut?: () => void;
  /** Takes `optOut` back. What the visitor agrees to is to be said anew. */
  optIn?: () => void;
  /**
   * A text for the shop's own server, which shows it to speak for this visitor (`context.join_token`). Null for one who opted
   * out, and where the server does not answer within 3 s.
   */
  joinToken?: () => Promise<string | null>;
  /** Calls made through a stub before the tracker was there. */
  q?: Iterable<unknown>[];
  /** What further scripts of the tracker use; of no meaning to the shop. */
  shared?: unknown;
}

declare global {
  interface Window {
    ut?: Ut;
  }
}
