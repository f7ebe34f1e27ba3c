import type { Parameters, Ut } from './ut.ts';

export type { Item, KnownName, Money, Parameters, Ut } from './ut.ts';

/** Where the tracker is and whom it counts for. */
export interface Options {
  /** The script on your server: `/ut/ut.js`, or `https://t.shop.example/ut/ut.js`. */
  src: string;
  /** The site's public key, `pk_…`. */
  site: string;
  /** The folder that everything is sent to, ending in `/`; without it the folder of the script. */
  endpoint?: string;
  /** Web Vitals: measured unless `off`; `attribution` also says what each was caused by. */
  vitals?: 'off' | 'attribution';
}

/** Says an event. Before the tracker is there it is kept; where there is no page (on a server) it says nothing. */
export const ut: Ut = (name, parameters) => {
  if (typeof window === 'undefined') return;
  stub()(name, parameters);
};

/** From now on nothing is sent of this browser on this shop. Holds at once, also in other tabs, also before `load`. */
export function optOut(): void {
  localStorage.setItem('ut_optout', '1');
}

/** Puts the tracker on the page, once; called again, or on a server, it does nothing. Returns `ut`. */
export function load({ src, site, endpoint, vitals }: Options): Ut {
  if (typeof document === 'undefined' || document.querySelector('script[data-site]')) return ut;
  stub();
  const script = document.createElement('script');
  Object.assign(script.dataset, { site }, endpoint && { endpoint }, vitals && { vitals });
  script.async = true;
  script.src = src;
  document.head.append(script);
  return ut;
}

/** `window.ut`: the tracker's own once it is there, until then one that keeps what is said. */
function stub(): Ut {
  if (window.ut) return window.ut;
  const waiting: [string, Parameters?][] = [];
  return (window.ut = Object.assign((...call: [string, Parameters?]) => waiting.push(call) && undefined, {
    q: waiting,
  }));
}
