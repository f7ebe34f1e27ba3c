import type { Axes, Choice, Parameters, Say, Ut } from './ut.ts';

export type { Axes, Choice, EventParameters, Item, KnownName, Money, Parameters, Say, Ut } from './ut.ts';

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
  /** Nothing is sent before analytics is agreed to. */
  consent?: 'required';
  /** The consent tools on the page that are listened to: some of `tcf gpp gcm`, or `auto`. */
  cmp?: string;
}

/** An event, as it is kept: which parameters go with which name is known only where it is said. */
type Call = [name: string, parameters?: Parameters];

/** Says an event: before the tracker is there it is kept, on a server it is nothing. */
export const track = ((...call: Call) => {
  if (typeof window !== 'undefined') stub()(...call);
}) as Say;

/** The same, `ut.track` included. */
export const ut = track as Ut & { track: Say };
ut.track = track;

/** From now on nothing is sent of this browser on this shop. Holds at once, also in other tabs, also before `load`. */
export function optOut(): void {
  localStorage.setItem('ut_optout', '1');
  void tracker().then((there) => there?.optOut?.());
}

/** Takes `optOut` back. */
export function optIn(): void {
  localStorage.removeItem('ut_optout');
  void tracker().then((there) => there?.optIn?.());
}

/** Says what the visitor has chosen; gives what holds now, null where no server answers within 3 s. It is sent until it arrives. */
export async function consent(choice: Choice): Promise<Axes | null> {
  return (await (await tracker())?.consent?.(choice)) ?? null;
}

/**
 * A text for your own server, which shows it to speak for this visitor (`context.join_token`). Null for one who opted out,
 * and where no server answers within 3 s.
 */
export async function joinToken(): Promise<string | null> {
  return (await (await tracker(3_000))?.joinToken?.()) ?? null;
}

/** What the script has put on the page, once it is there. */
async function tracker(limit?: number): Promise<Ut | undefined> {
  if (typeof window === 'undefined') return undefined;
  const script = document.querySelector('script[data-site]');
  if (script && !window.ut?.joinToken)
    await new Promise((done) => {
      script.addEventListener('load', done);
      script.addEventListener('error', done);
      if (limit) setTimeout(done, limit);
    });
  return window.ut;
}

/** Puts the tracker on the page, once; on a server it does nothing. Returns `ut`. */
export function load({ src, site, ...more }: Options): Ut {
  if (typeof window === 'undefined' || document.querySelector('script[data-site]')) return ut;
  stub();
  const script = document.createElement('script');
  for (const [name, value] of Object.entries({ site, ...more })) if (value) script.dataset[name] = value;
  script.async = true;
  script.src = src;
  document.head.append(script);
  return ut;
}

/** `window.ut`: until the tracker is there, one that keeps what is said. */
function stub(): Ut {
  if (window.ut) return window.ut;
  const waiting: Call[] = [];
  const keep = ((...call: Call) => void waiting.push(call)) as Ut;
  keep.q = waiting;
  return (window.ut = keep.track = keep);
}
