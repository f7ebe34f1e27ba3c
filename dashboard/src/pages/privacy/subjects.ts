// Requests of single persons: who is meant, what is kept of them, and what was erased.
import { ask, get } from '../../core/api.ts';

/** What a person can be found by, by the names the server gives them. */
export const WAYS = ['visitor', 'external_id', 'email'] as const;
export type Way = (typeof WAYS)[number];

export const WAY: Record<Way, { label: string; example: string }> = {
  visitor: { label: 'Visitor id', example: '0193f2f4-7c1e-4b3a-9c55-0f4f5d2a1b3c' },
  external_id: { label: 'Customer id of the shop', example: 'C-10042' },
  email: { label: 'E-mail address', example: 'anna@example.com' },
};

export interface Person {
  way: Way;
  value: string;
}

/** What is kept of a person. */
export interface Found {
  visitors: number;
  events: number;
  sessions: number;
  /** Unix milliseconds; null without events. */
  first: number | null;
  last: number | null;
  /** Which personal fields there are. */
  personal: string[];
  receipts: number;
}

export interface Erasure {
  id: number;
  at: number;
  status: string;
  doneAt: number | null;
  visitors: number;
  /** Why it waits or failed; empty when there is nothing to say. */
  why: string;
}

type Json = Record<string, unknown>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
const time = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

export function decodeFound(json: unknown): Found {
  const given = object(json);
  return {
    visitors: count(given['visitors']),
    events: count(given['events']),
    sessions: count(given['sessions']),
    first: time(given['first']),
    last: time(given['last']),
    personal: list(given['personal']).map(text),
    receipts: count(given['receipts']),
  };
}

export function decodeErasures(json: unknown): Erasure[] {
  return list(json).map((line) => {
    const given = object(line);
    return {
      id: count(given['id']),
      at: count(given['at']),
      status: text(given['status']),
      doneAt: time(given['done_at']),
      visitors: count(given['visitors']),
      why: text(given['why']),
    };
  });
}

/** Is anything kept that could be handed out or erased? */
export const isAnything = (found: Found): boolean =>
  found.visitors > 0 || found.events > 0 || found.personal.length > 0 || found.receipts > 0;

/** A large export is gathered before its first byte comes. */
const EXPORT_MS = 300_000;

const body = (site: number, { way, value }: Person) => ({ site: String(site), [way]: value.trim() });

export async function find(site: number, person: Person): Promise<Found> {
  const response = await ask('/api/v1/privacy/find', { method: 'POST', body: body(site, person) });
  return decodeFound(await response.json().catch(() => null));
}

/** Everything that is kept of a person, as a ZIP file. */
export async function exported(site: number, person: Person): Promise<Blob> {
  const request = { method: 'POST', body: body(site, person), patience: EXPORT_MS } as const;
  const response = await ask('/api/v1/privacy/export', request);
  return response.blob();
}

export async function erase(site: number, person: Person): Promise<void> {
  await ask('/api/v1/privacy/erase', { method: 'POST', body: body(site, person) });
}

export async function erasures(site: number): Promise<Erasure[]> {
  return decodeErasures(await get(`/api/v1/privacy/erasures?site=${site}`));
}
