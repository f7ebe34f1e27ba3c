// The server, as the dashboard sees it. Same-origin cookies; the CSRF token of `me` goes with every change.
import {
  decodeAbout,
  decodeMe,
  decodeReports,
  decodeSites,
  type About,
  type Me,
  type Report,
  type Site,
} from './decode.ts';
import { takeEarly } from './early.ts';
import { Problem, problemOf } from './problem.ts';
import type { Query } from './query.ts';

export type { About, Activity, Me, Presence, Report, Row, Site } from './decode.ts';

/** Longer than any report takes; after it the request counts as lost. */
const TIMEOUT_MS = 20_000;

let csrf = '';
/** Whether the last answer about it was that nobody is signed in. */
let signedOut = false;

interface Ask {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** How long an answer may take to begin, milliseconds. */
  patience?: number;
}

/** Asks the server; a Problem when it refuses or cannot be reached. */
export async function ask(path: string, request: Ask = {}): Promise<Response> {
  const { method = 'GET', body, signal, patience = TIMEOUT_MS } = request;
  const abort = new AbortController();
  const stop = () => {
    abort.abort();
  };
  const timer = setTimeout(stop, patience);
  signal?.addEventListener('abort', stop);
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrf !== '') headers['X-CSRF-Token'] = csrf;
  try {
    const early = method === 'GET' ? takeEarly(path) : undefined;
    const response = await (early ??
      fetch(path, {
        method,
        headers,
        credentials: 'same-origin',
        signal: abort.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }));
    if (response.status === 401) signedOut = true;
    if (!response.ok) throw await problemOf(response);
    return response;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(0, 'No connection', 'The server cannot be reached. Is it running?');
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** The JSON behind a path. */
export async function get(path: string, signal?: AbortSignal): Promise<unknown> {
  const response = await ask(path, { signal });
  return response.json().catch(() => {
    throw new Problem(response.status, 'Unreadable answer', 'The server’s answer is not JSON.');
  });
}

/** Who is signed in; a Problem with status 401 when nobody is. */
export async function me(): Promise<Me> {
  const known = decodeMe(await get('/api/v1/me'));
  csrf = known.csrf;
  signedOut = false;
  return known;
}

/** Known already, without asking. */
export function isSignedOut(): boolean {
  return signedOut;
}

export async function about(): Promise<About> {
  return decodeAbout(await get('/api/v1/about'));
}

export async function sites(): Promise<Site[]> {
  return decodeSites(await get('/api/v1/sites'));
}

export async function logIn(email: string, password: string): Promise<void> {
  await ask('/login', { method: 'POST', body: { email, password } });
}

export async function logOut(): Promise<void> {
  await ask('/logout', { method: 'POST', body: {} });
  csrf = '';
  signedOut = true;
}

/** Spends a set-up link: makes the owner, or (without an account) only signs in. */
export async function setUp(token: string, account?: { email: string; password: string }): Promise<void> {
  await ask('/setup', { method: 'POST', body: { token, ...account } });
}

/** The answers to several questions about a site, in their order, by one request. */
export async function answers(
  site: number,
  queries: readonly Query[],
  signal?: AbortSignal,
): Promise<Report[]> {
  const body = { site: String(site), queries };
  const response = await ask('/api/v1/q', { method: 'POST', body, signal });
  const reports = decodeReports(await response.json().catch(() => null));
  if (reports.length === queries.length) return reports;
  throw new Problem(200, 'Unreadable answer', 'The server left a question without an answer.');
}

export function presenceAddress(site: number): string {
  return `/presence/stream?site=${site}`;
}
