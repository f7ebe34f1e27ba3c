/** Money: a decimal text is exact, a number is what the shop's own code happens to have. */
export type Money = string | number;

/** An item by GA4's names. */
export interface Item {
  item_id?: string | number;
  item_name?: string;
  item_brand?: string;
  item_category?: string;
  item_category2?: string;
  item_category3?: string;
  item_category4?: string;
  item_category5?: string;
  item_variant?: string;
  item_list_id?: string;
  item_list_name?: string;
  price?: Money;
  quantity?: number;
  discount?: Money;
  coupon?: string;
  affiliation?: string;
  index?: number;
  location_id?: string;
  promotion_id?: string;
  promotion_name?: string;
  creative_name?: string;
  creative_slot?: string;
  [parameter: string]: unknown;
}

/** What an event says; anything beside the named parameters becomes a text property of the event. */
export interface Parameters {
  /** Worth of the items, without tax and shipping. */
  value?: Money;
  /** ISO 4217: `EUR`. */
  currency?: string;
  items?: readonly Item[];
  [parameter: string]: unknown;
}

interface OfList extends Parameters {
  item_list_id?: string;
  item_list_name?: string;
}

interface OfCheckout extends Parameters {
  coupon?: string;
}

interface OfOrder extends OfCheckout {
  /** The order's number or id: an order said twice counts once. */
  transaction_id: string;
  tax?: Money;
  shipping?: Money;
  affiliation?: string;
}

interface OfPromotion extends Parameters {
  promotion_id?: string;
  promotion_name?: string;
  creative_name?: string;
  creative_slot?: string;
  location_id?: string;
}

/** GA4's events, each with its parameters. */
export interface EventParameters {
  view_item_list: OfList;
  select_item: OfList;
  view_item: Parameters;
  add_to_wishlist: Parameters;
  add_to_cart: Parameters;
  remove_from_cart: Parameters;
  view_cart: Parameters;
  begin_checkout: OfCheckout;
  add_shipping_info: OfCheckout & { shipping_tier?: string };
  add_payment_info: OfCheckout & { payment_type?: string };
  purchase: OfOrder & { customer_type?: 'new' | 'returning' };
  refund: OfOrder;
  view_promotion: OfPromotion;
  select_promotion: OfPromotion;
  search: Parameters & { search_term: string };
  sign_up: Parameters & { method?: string };
  login: Parameters & { method?: string };
  generate_lead: Parameters & { lead_source?: string };
}

/** Names with a meaning of their own; any other that fits `[a-z][a-z0-9_]{0,63}` is a custom event. */
export type KnownName = keyof EventParameters;

/** What is said with a name: parameters, which some events cannot do without. */
type Said<Name> = Name extends 'purchase' | 'refund' | 'search'
  ? [parameters: EventParameters[Name]]
  : Name extends KnownName
    ? [parameters?: EventParameters[Name]]
    : [parameters?: Parameters];

/** Says an event: `('add_to_cart', { value: '59.90', currency: 'EUR', items: [...] })`. */
export type Say = <
  // The intersection keeps the editor's suggestions, which `string` alone would swallow.
  Name extends KnownName | (string & Record<never, never>),
>(
  name: Name,
  ...said: Said<Name>
) => void;

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
export interface Ut extends Say {
  /** The same, for those who like a verb: `ut.track('add_to_cart', {...})`. */
  track?: Say;
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
