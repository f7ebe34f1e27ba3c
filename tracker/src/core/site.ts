import type { Choice, Parameters } from '../../npm/src/ut.ts';
import type { Tracker } from './tracker.ts';

/** Axes that are not named stay as the site's rules have them. */
export interface Consent extends Choice {
  source?: string;
  /** When it was said, in Unix milliseconds; without it the visitor may have said it long ago. */
  at?: number;
}

/** An event, as the shop says it. */
export type Call = [name: string, parameters?: Parameters];

/** Who waits, since when, for what, and which choice the shop says. */
export type Request = [
  done: (answer: never) => void,
  at: number,
  what: string | undefined,
  choice: Choice | undefined,
];

/** What there is once on a page, for all scripts of the tracker: whom the events are for, and what the visitor wants. */
export interface Site {
  /** The site's public key, `pk_…`. */
  site: string;
  /** The folder that everything is sent to, ending in `/`. */
  base: string;
  /** Which kind of Web Vitals are measured: `off`, or the ending of a script's name. */
  vitals: string;
  /** Without consent nothing is sent, and there is none now. */
  closed: unknown;
  /** What every request says of the visitor's will. */
  said: { consent: Consent; ids?: { seed: string } | undefined };
  /** What `ut` was called with before it counts. */
  line: { push: (call: Call) => void };
  /** What waits for `ut-choice.js`, which puts itself in its place; until then nothing is sent. */
  requests: { push: (request: Request) => number; length?: number };
  /** What happened on a page with markup of ours, and waits for `ut-html.js`, which puts itself in its place. */
  marks: { push: (event?: Event) => number };
  /** To be called when another page is shown. */
  look: () => void;
  /** The last answer of the server to events. */
  answer?: Response;
  /** Begins to count. */
  begin?: () => void;
  /** Counts the page that is shown as one that is shown anew. */
  turn?: () => void;
  /** To be called after a change of the address, where the browser itself does not tell. */
  changed?: () => void;
  /** There is one once it counts. */
  tracker?: Tracker;
}

export const site = {
  said: {
    // Global Privacy Control (https://w3c.github.io/gpc/) denies marketing and personalization, never analytics.
    consent: (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
      ? { marketing: false, personalization: false, source: 'gpc' }
      : {},
  },
  requests: [],
  marks: [],
} as unknown as Site;

/**
 * Read from `<script defer src="…/ut/ut.js" data-site="pk_…">`. Without `data-endpoint` the base is the folder of the
 * script: works at any prefix and on any host.
 */
export function readSite({ dataset, src }: HTMLScriptElement): void {
  site.site = dataset['site'] as string;
  site.base = new URL(dataset['endpoint'] || '.', src).href;
  site.vitals = dataset['vitals'] || '';
  site.closed = dataset['consent'];
}
