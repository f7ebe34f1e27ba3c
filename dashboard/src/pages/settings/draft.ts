// A site's settings as they are typed: lists are lines of text. What was changed is sent, and nothing else.
import type { FieldError } from '../../core/problem.ts';
import { decodeRules, type ConsentRules } from '../../modules/consent/rules.ts';
import { consentChanges, unnamedPlaces } from './consent_draft.ts';
import {
  decodeLimits,
  limitChanges,
  limitsDraft,
  wrongLimits,
  type Limits,
  type LimitsDraft,
} from './retention_draft.ts';

export interface ChannelRule {
  field: string;
  op: string;
  value: string;
  channel: string;
}

/** Lists that are edited as text, one entry per line, by the names the server gives them. */
export const LISTS = [
  'domains',
  'excluded_networks',
  'excluded_paths',
  'excluded_hostnames',
  'staging_hostnames',
  'url_params',
  'gateways',
  'page_templates',
] as const;
export type ListName = (typeof LISTS)[number];

export interface SiteSettings {
  id: number;
  key: string;
  currency: string;
  timezone: string;
  session_timeout_min: number;
  channel_rules: ChannelRule[];
  /** Null: this server does not know of it. */
  consent: ConsentRules | null;
  /** Null: this server does not know of it. */
  retention: Limits | null;
  /** Null: this server does not know the list. */
  lists: Record<ListName, string[] | null>;
}

export interface Draft {
  currency: string;
  timezone: string;
  session_timeout_min: string;
  channel_rules: ChannelRule[];
  consent: ConsentRules | null;
  retention: LimitsDraft | null;
  lists: Record<ListName, string>;
}

type Json = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] | null =>
  Array.isArray(value) ? (value as unknown[]).map((entry) => text(entry)) : null;

/** `GET /api/v1/sites/{id}`, checked once. */
export function decodeSite(json: unknown): SiteSettings {
  const given = (typeof json === 'object' && json !== null ? json : {}) as Json;
  const rules = Array.isArray(given['channel_rules']) ? (given['channel_rules'] as unknown[]) : [];
  return {
    id: Number(given['id']),
    key: text(given['key']),
    currency: text(given['currency']),
    timezone: text(given['timezone']),
    session_timeout_min: Number(given['session_timeout_min']),
    channel_rules: rules.map((rule) => {
      const { field, op, value, channel } = (rule ?? {}) as Json;
      return { field: text(field), op: text(op), value: text(value), channel: text(channel) };
    }),
    consent: decodeRules(given['consent']),
    retention: decodeLimits(given['retention']),
    lists: Object.fromEntries(LISTS.map((name) => [name, texts(given[name])])) as SiteSettings['lists'],
  };
}

export function draftOf(site: SiteSettings): Draft {
  const lines = LISTS.map((name) => [name, (site.lists[name] ?? []).join('\n')]);
  return {
    currency: site.currency,
    timezone: site.timezone,
    session_timeout_min: String(site.session_timeout_min),
    channel_rules: site.channel_rules,
    consent: site.consent,
    retention: limitsDraft(site.retention),
    lists: Object.fromEntries(lines) as Draft['lists'],
  };
}

/** The entries of a list's text: its lines without what is empty. */
export function linesOf(typed: string): string[] {
  return typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The body of the `PATCH`; empty when nothing differs. */
export function changesOf(site: SiteSettings, draft: Draft): Json {
  const changes: Json = {};
  for (const name of LISTS) {
    const lines = linesOf(draft.lists[name]);
    if (site.lists[name] !== null && !same(lines, site.lists[name])) changes[name] = lines;
  }
  if (draft.currency.trim() !== site.currency) changes['currency'] = draft.currency.trim();
  if (draft.timezone.trim() !== site.timezone) changes['timezone'] = draft.timezone.trim();
  const minutes = draft.session_timeout_min.trim();
  if (minutes !== String(site.session_timeout_min)) changes['session_timeout_min'] = Number(minutes);
  if (!same(draft.channel_rules, site.channel_rules)) changes['channel_rules'] = draft.channel_rules;
  const consent = consentChanges(site.consent, draft.consent);
  if (consent) changes['consent'] = consent;
  const retention = limitChanges(site.retention, draft.retention);
  if (retention) changes['retention'] = retention;
  return changes;
}

/** What this page can see itself. */
export function ownErrors(draft: Draft): FieldError[] {
  const others = [...unnamedPlaces(draft.consent), ...wrongLimits(draft.retention)];
  if (/^\d{1,4}$/.test(draft.session_timeout_min.trim())) return others;
  return [{ field: 'session_timeout_min', message: 'A whole number of minutes, 5 to 120.' }, ...others];
}

/** The messages that belong to a field: its own, and those of its entries (`domains[2]`). */
export function messagesAt(errors: FieldError[], field: string): string[] {
  const own = (named: string) =>
    named === field || named.startsWith(`${field}[`) || named.startsWith(`${field}.`);
  return errors.filter((error) => own(error.field)).map(({ message }) => message);
}
