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

type Call = [name: string, parameters?: Parameters];

/** `window.ut('add_to_cart', { value: '59.90', currency: 'EUR', items: [...] })` */
export interface Ut {
  // The intersection keeps the editor's suggestions, which `string` alone would swallow.
  (name: KnownName | (string & Record<never, never>), parameters?: Parameters): void;
  /** Calls made through a stub before the tracker was there. */
  q?: ArrayLike<unknown>[];
  /** Set by the tracker, so that a second snippet on the page counts nothing twice. */
  ready?: true;
}

declare global {
  interface Window {
    ut?: Ut;
  }
}

/** Splits parameters into the event's own fields and its text properties. */
export function eventFields({ value, currency, items, ...rest }: Parameters): object {
  const props: Record<string, string> = {};
  for (const [key, part] of Object.entries(rest)) {
    // What JSON cannot say (undefined, a function) says nothing; a text stays as it is.
    const text = typeof part === 'string' ? part : (JSON.stringify(part) as string | undefined);
    if (text !== undefined && part !== null) props[key] = text;
  }
  return { value, currency, items, props };
}

/** Installs `window.ut`. Calls are kept until the returned function is given what to do with them. */
export function installApi(): (track: (...call: Call) => void) => void {
  const waiting = Array.from(window.ut?.q ?? [], (call) => Array.from(call) as Call);
  let track = (...call: Call): void => {
    waiting.push(call);
  };
  window.ut = (name, parameters) => {
    track(name, parameters);
  };
  window.ut.ready = true;
  return (receiver) => {
    track = receiver;
    for (const call of waiting) track(...call);
  };
}
