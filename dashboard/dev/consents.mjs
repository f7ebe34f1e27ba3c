// Made-up receipts of consent: half a year of choices, newest first, as the server answers them.
import { random } from './data.mjs';

const NEWEST = Date.UTC(2026, 10, 22, 13, 5, 12);
const COUNT = 128;
const SOURCES = ['banner', 'tcf', 'gcm', 'api', 'gpp', 'gpc', 'cmp', 'opt_out', 'opt_in'];
const PLACES = ['DE', 'US-CA', 'FR', null, 'GB-ENG', 'CH'];
const HOSTILE = '<img src=x onerror=alert(1)>';

/** @param {number} number @param {boolean} hostile */
function receipt(number, hostile) {
  const rand = random(number);
  const source = SOURCES[Math.floor(rand() ** 2 * SOURCES.length)] ?? 'banner';
  const said = (/** @type {number} */ yes) => (rand() < yes ? true : rand() < 0.7 ? false : null);
  const none = { analytics: null, marketing: null, personalization: null };
  const axes = { analytics: said(0.6), marketing: said(0.3), personalization: said(0.35) };
  const place = PLACES[Math.floor(rand() * PLACES.length)] ?? null;
  return {
    number,
    id: `0193f000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    at: new Date(NEWEST - (COUNT - number) * 5_400_000 - Math.floor(rand() * 5_000_000)).toISOString(),
    ...(source.startsWith('opt_') ? none : source === 'gpc' ? { ...none, marketing: false } : axes),
    gpc: source === 'gpc' || rand() < 0.1,
    source: hostile && number % 3 === 0 ? HOSTILE : source,
    policy_version: hostile ? `${HOSTILE}\u202e${'x'.repeat(60)}` : source === 'banner' ? '2026-10' : null,
    region: hostile && number % 2 === 0 ? HOSTILE : place,
    whose: axes.analytics ? (number % 9 === 0 ? 'forgotten' : 'known') : 'nobody',
  };
}

/** `GET /api/v1/consents` and its `verify`; null for other addresses. @param {URL} url @param {string} scenario */
export function consents(url, scenario) {
  const count = scenario === 'empty' ? 0 : COUNT;
  if (url.pathname === '/api/v1/consents/verify') {
    const why = 'the hash of what is stored is not the hash that was written';
    return scenario === 'broken'
      ? { ok: false, from: 1, receipts: 12, broken: { number: 13, why } }
      : { ok: true, from: 1, receipts: count, broken: null };
  }
  if (url.pathname !== '/api/v1/consents') return null;
  const first = Math.min(count, Number(url.searchParams.get('before') ?? count + 1) - 1);
  const last = Math.max(0, first - Number(url.searchParams.get('limit') ?? 50));
  const receipts = [];
  for (let number = first; number > last; number--) receipts.push(receipt(number, scenario === 'hostile'));
  return { receipts, next: last > 0 ? last + 1 : null };
}
