import type { Consent } from '../../../core/site.ts';

/** What a consent tool on the page says, as it says it: the server understands it. */
export interface Signal extends Consent {
  source: 'api' | 'gcm' | 'tcf' | 'gpp';
  tcf?: string;
  gpp?: string;
  gcm?: Record<string, string>;
}

/** Hands a signal on. */
export type Say = (signal: Signal) => void;

/** Has a tool tell of every choice; false when it is not on the page (yet). */
export type Listen = (say: Say) => boolean;
