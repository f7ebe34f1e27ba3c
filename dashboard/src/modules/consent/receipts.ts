// Receipts of consent: what visitors chose, when, and by whose word.
import { get } from '../../core/api.ts';
import type { Cell } from '../../core/csv.ts';
import { printable } from '../../core/format.ts';

export const AXES = ['analytics', 'marketing', 'personalization'] as const;
export type Axis = (typeof AXES)[number];

/** Null: nothing was said. */
export type Said = boolean | null;

export interface Receipt extends Record<Axis, Said> {
  /** Its place in the site's chain, from 1. */
  number: number;
  id: string;
  /** As the server writes it, UTC. */
  at: string;
  gpc: boolean;
  source: string;
  policyVersion: string;
  region: string;
  whose: string;
}

export interface ReceiptPage {
  receipts: Receipt[];
  /** Where the next older ones begin; null on the last page. */
  next: number | null;
}

export interface Verdict {
  ok: boolean;
  /** The first one's number: more than 1 since older ones were removed for their age. */
  from: number;
  /** How many are whole, from that one on. */
  receipts: number;
  broken: { number: number; why: string } | null;
}

type Json = Record<string, unknown>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const said = (value: unknown): Said => (typeof value === 'boolean' ? value : null);

function decodeReceipt(json: unknown): Receipt {
  const given = object(json);
  return {
    number: Number(given['number']),
    id: text(given['id']),
    at: text(given['at']),
    analytics: said(given['analytics']),
    marketing: said(given['marketing']),
    personalization: said(given['personalization']),
    gpc: given['gpc'] === true,
    source: text(given['source']),
    policyVersion: text(given['policy_version']),
    region: text(given['region']),
    whose: text(given['whose']),
  };
}

export function decodePage(json: unknown): ReceiptPage {
  const { receipts, next } = object(json);
  return {
    receipts: (Array.isArray(receipts) ? (receipts as unknown[]) : []).map(decodeReceipt),
    next: typeof next === 'number' ? next : null,
  };
}

export function decodeVerdict(json: unknown): Verdict {
  const { ok, from, receipts, broken } = object(json);
  const { number, why } = object(broken);
  return {
    // Only a clear yes is one.
    ok: ok === true,
    from: typeof from === 'number' ? from : 1,
    receipts: Number(receipts),
    broken: typeof number === 'number' ? { number, why: text(why) } : null,
  };
}

const LIMIT = 50;

/** The newest, or those older than the number `before`. */
export async function receiptPage(site: number, before: number | null): Promise<ReceiptPage> {
  const rest = before === null ? '' : `&before=${before}`;
  return decodePage(await get(`/api/v1/consents?site=${site}&limit=${LIMIT}${rest}`));
}

export async function verifyChain(site: number): Promise<Verdict> {
  return decodeVerdict(await get(`/api/v1/consents/verify?site=${site}`));
}

const SOURCE: Partial<Record<string, string>> = {
  api: 'The shop’s own code',
  banner: 'Banner',
  cmp: 'Consent platform',
  gcm: 'Google Consent Mode',
  tcf: 'TC string',
  gpp: 'GPP string',
  gpc: 'Global Privacy Control',
  opt_out: 'Opt-out',
  opt_in: 'Opt-out withdrawn',
};

const WHOSE: Partial<Record<string, string>> = {
  known: 'Visitor with a cookie',
  nobody: 'Visitor without a cookie',
  forgotten: 'Forgotten since',
};

export const sourceName = (source: string): string => SOURCE[source] ?? printable(source);
export const whoseName = (whose: string): string => WHOSE[whose] ?? printable(whose);

export const SAID_WORD = { yes: 'Granted', no: 'Denied', none: 'Not said' };

export const saidAs = (value: Said): keyof typeof SAID_WORD =>
  value === null ? 'none' : value ? 'yes' : 'no';

/** Receipts as a file, in the server's words. */
export function receiptRows(receipts: readonly Receipt[]): Cell[][] {
  const axis = (value: Said) => (value === null ? null : value ? 'granted' : 'denied');
  return [
    ['number', 'id', 'at', ...AXES, 'gpc', 'source', 'policy_version', 'region', 'whose'],
    ...receipts.map((receipt) => [
      receipt.number,
      receipt.id,
      receipt.at,
      ...AXES.map((each) => axis(receipt[each])),
      receipt.gpc ? 'yes' : 'no',
      receipt.source,
      receipt.policyVersion,
      receipt.region,
      receipt.whose,
    ]),
  ];
}
