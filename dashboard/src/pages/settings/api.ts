// What the settings page asks of the server.
import { ask, get } from '../../core/api.ts';
import { Problem } from '../../core/problem.ts';
import { decodeSite, type SiteSettings } from './draft.ts';

type Json = Record<string, unknown>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as unknown[]).map(object) : []);

async function send(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<Json> {
  const response = await ask(path, { method, body });
  return object(await response.json());
}

export async function site(id: number): Promise<SiteSettings> {
  return decodeSite(await get(`/api/v1/sites/${id}`));
}

export async function changeSite(id: number, changes: unknown): Promise<SiteSettings> {
  return decodeSite(await send('PATCH', `/api/v1/sites/${id}`, changes));
}

export interface Rotated {
  secret: string;
  /** Until then the one before is valid, Unix milliseconds. */
  oldUntil: number;
}

export async function rotateSecret(id: number): Promise<Rotated> {
  const given = await send('POST', `/api/v1/sites/${id}/secret`, {});
  return { secret: text(given['secret']), oldUntil: Number(given['old_secret_until']) };
}

export interface Suggestion {
  pattern: string;
  pages: number;
  views: number;
}

export async function templateSuggestions(id: number): Promise<Suggestion[]> {
  const given = object(await get(`/api/v1/sites/${id}/page_templates`));
  return list(given['suggestions']).map((entry) => ({
    pattern: text(entry['pattern']),
    pages: Number(entry['pages']),
    views: Number(entry['views']),
  }));
}

export interface Token {
  id: string;
  hint: string;
  scope: string;
  createdAt: number;
}

export async function tokens(siteId: number): Promise<Token[]> {
  const given = object(await get('/api/v1/tokens'));
  return list(given['tokens'])
    .filter((entry) => entry['site'] === siteId)
    .map((entry) => ({
      id: text(entry['id']),
      hint: text(entry['hint']),
      scope: text(entry['scope']),
      createdAt: Number(entry['created_at']),
    }));
}

/** The word of the new token, which is shown this once. */
export async function addToken(siteId: number, scope: string): Promise<string> {
  return text((await send('POST', '/api/v1/tokens', { site: siteId, scope }))['token']);
}

export async function removeToken(id: string): Promise<void> {
  await ask(`/api/v1/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export interface User {
  id: string;
  email: string;
  createdAt: number;
}

/** Null: this server has no list of users. */
export async function users(): Promise<User[] | null> {
  try {
    const given = object(await get('/api/v1/users'));
    return list(given['users']).map((entry) => ({
      id: text(entry['id']),
      email: text(entry['email']),
      createdAt: Number(entry['created_at']),
    }));
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

export async function addUser(email: string, password: string): Promise<void> {
  await send('POST', '/api/v1/users', { email, password });
}

export async function removeUser(id: string): Promise<void> {
  await ask(`/api/v1/users/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
