/**
 * A book of what happened in a shop: a few hundred events of today, yesterday and the days before, and how to send them
 * as the shop's own server would. It is kept by the test; nothing in it is read back from the product.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { Chance } from './chance.ts';
import type { Site } from './events.ts';
import type { Server } from './server.ts';

/** What an event or a session says of itself, by the names of dimensions. */
export type Facts = Readonly<Record<string, string>>;

export interface BookSession {
  visitor: number;
  /** Unix milliseconds. */
  startedAt: number;
  lastAt: number;
  pageViews: number;
  engagedMs: number;
  inCart: boolean;
  facts: Facts;
}

export interface BookEvent {
  at: number;
  name: string;
  facts: Facts;
  /** What it added to the engaged time. */
  engagedMs: number;
  /** Null: older than what visitors are recognised by. */
  session: BookSession | null;
}

export interface Book {
  events: BookEvent[];
  sessions: BookSession[];
  requests: object[];
}

const HOUR = 3_600_000;
const MINUTE = 60_000;

const PAGES = [
  '/',
  '/p/lamp',
  '/p/kettle',
  '/p/vase, blue',
  '/cart',
  '/größe',
  '/p/mug',
  '/about',
  '/p/rug',
  '/sale',
];
const COUNTRIES: readonly [zone: string, country: string, language: string][] = [
  ['Europe/Berlin', 'DE', 'de-DE'],
  ['Europe/Paris', 'FR', 'fr-FR'],
  ['Europe/Vienna', 'AT', 'de-AT'],
  ['Asia/Tokyo', 'JP', 'ja-JP'],
  ['Europe/London', 'GB', 'en-GB'],
];
/** Each call makes another agent: here a browser of another version is another visitor. */
const AGENTS: readonly [agent: (version: number) => string, device: string, browser: string, os: string][] = [
  [
    (n) =>
      `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${n}.0.0.0 Safari/537.36`,
    'desktop',
    'Chrome',
    'Linux',
  ],
  [
    (n) =>
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${n}.0.0.0 Safari/537.36 Edg/${n}.0.0.0`,
    'desktop',
    'Edge',
    'Windows',
  ],
  [
    (n) =>
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E${n} Safari/604.1`,
    'mobile',
    'Safari',
    'iOS',
  ],
  [
    (n) =>
      `Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${n}.0.0.0 Mobile Safari/537.36`,
    'mobile',
    'Chrome',
    'Android',
  ],
];
const SOURCES: readonly [query: string, referrer: string, Facts][] = [
  ['', '', { source: '(direct)', medium: '(none)', channel: 'Direct', campaign: '' }],
  [
    '',
    'https://www.google.com/',
    { source: 'google', medium: 'organic', channel: 'Organic Search', campaign: '' },
  ],
  [
    '?utm_source=newsletter&utm_medium=email&utm_campaign=autumn',
    '',
    { source: 'newsletter', medium: 'email', channel: 'Email', campaign: 'autumn' },
  ],
  [
    '?utm_source=instagram&utm_medium=cpc&utm_campaign=lookbook',
    '',
    { source: 'instagram', medium: 'cpc', channel: 'Paid Social', campaign: 'lookbook' },
  ],
  [
    '?utm_source=bing&utm_medium=cpc&utm_campaign=autumn',
    '',
    { source: 'bing', medium: 'cpc', channel: 'Paid Search', campaign: 'autumn' },
  ],
];

interface Person {
  visitor: number;
  agent: string;
  ip: string;
  zone: string;
  facts: Facts;
}

function personOf(visitor: number, draw: Chance): Person {
  const [zone, country, language] = draw.of(COUNTRIES);
  const [agent, device, browser, os] = draw.of(AGENTS);
  return {
    visitor,
    agent: agent(100 + visitor),
    // An address of documentation: the country is that of the time zone.
    ip: `203.0.113.${visitor}`,
    zone,
    facts: { country, language, device_type: device, browser, os, city: '' },
  };
}

/** A moment as the site's calendar and clock have it. */
export function localOf(at: number, zone: string): { date: string; hour: number; time: string } {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at);
  return { date: parts.slice(0, 10), hour: Number(parts.slice(11, 13)), time: parts.slice(11) };
}

/**
 * A zone in which it is two o'clock at night: the ids of visitors, which live from 04:00 to 04:00, then reach over most
 * of yesterday and over today. A server that has just begun knows nobody from before.
 */
export function zoneAtNight(now: number): string {
  const offset = ((2 - new Date(now).getUTCHours() + 11 + 24) % 24) - 11;
  // The names of these zones count the other way round.
  return offset === 0 ? 'Etc/UTC' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

/** When visits may begin: yesterday or today, far enough from midnight and from now to end before. */
function startsOf(now: number, zone: string): number[] {
  const starts: number[] = [];
  for (let at = now - 22 * HOUR; at < now - HOUR / 2; at += 7 * MINUTE) {
    const { hour } = localOf(at, zone);
    if (hour < 2 || (hour >= 5 && hour <= 22)) starts.push(at);
  }
  return starts;
}

interface Writer {
  book: Book;
  site: Site;
  draw: Chance;
}

/** One visit, from its first page to its last. */
function visit({ book, site, draw }: Writer, person: Person, startedAt: number): void {
  const [query, referrer, origin] = draw.of(SOURCES);
  const origins = `https://${site.domain}`;
  const sent: object[] = [];
  const events: Omit<BookEvent, 'session'>[] = [];
  let at = startedAt;
  let [engagedMs, inCart] = [0, false];
  const count = draw.is(0.4) ? 1 : 2 + draw.below(4);
  const paths = Array.from({ length: count }, () => PAGES[draw.below(draw.below(PAGES.length) + 1)] ?? '/');
  paths.forEach((page, place) => {
    const view = randomUUID();
    const url = `${origins}${encodeURI(page)}${place === 0 ? query : ''}`;
    const facts = { ...person.facts, page: new URL(url).pathname, hostname: site.domain };
    const write = (name: string, more: object, engaged = 0): void => {
      events.push({ at, name, facts: { ...facts, event: name }, engagedMs: engaged });
      sent.push({ id: randomUUID(), name, ts: at, page_view: view, url, ...more });
    };
    write('page_view', place === 0 && referrer ? { referrer } : {});
    if (draw.is(0.3)) {
      at += 1_000;
      write('view_item', {});
    }
    if (draw.is(0.12)) {
      at += 1_000;
      inCart = true;
      write('add_to_cart', {});
    }
    if (draw.is(0.6)) {
      const engaged = 1_000 + draw.below(25_000);
      at += engaged + 500;
      engagedMs += engaged;
      write('engagement', { engagement_ms: engaged }, engaged);
    }
    at += 5_000 + draw.below(90_000);
  });
  const views = events.filter(({ name }) => name === 'page_view');
  const session: BookSession = {
    visitor: person.visitor,
    startedAt,
    lastAt: events.at(-1)?.at ?? startedAt,
    pageViews: count,
    engagedMs,
    inCart,
    facts: {
      ...person.facts,
      ...origin,
      entry_page: views[0]?.facts['page'] ?? '',
      exit_page: views.at(-1)?.facts['page'] ?? '',
    },
  };
  book.sessions.push(session);
  book.events.push(...events.map((event) => ({ ...event, session })));
  book.requests.push(envelope(site, person, sent));
}

function envelope(site: Site, { agent, ip, zone, facts }: Person, events: object[]): object {
  const context = { ip, user_agent: agent };
  return { site: site.key, consent: {}, tz: zone, lang: facts['language'], context, events };
}

/** A page view of the days before: counted, but nobody can be recognised by it any more. */
function longAgo({ book, site, draw }: Writer, person: Person, at: number): void {
  const page = draw.of(PAGES);
  const url = `https://${site.domain}${encodeURI(page)}`;
  const facts = {
    ...person.facts,
    page: new URL(url).pathname,
    hostname: site.domain,
    event: 'page_view',
  };
  book.events.push({ at, name: 'page_view', facts, engagedMs: 0, session: null });
  const event = { id: randomUUID(), name: 'page_view', ts: at, page_view: randomUUID(), url };
  book.requests.push(envelope(site, person, [event]));
}

/** Writes the book. */
export function writeBook(site: Site, zone: string, now: number, draw: Chance): Book {
  const writer: Writer = { book: { events: [], sessions: [], requests: [] }, site, draw };
  const starts = startsOf(now, zone);
  const taken = new Map<number, number[]>();
  for (let visitor = 1; visitor <= 70; visitor++) {
    const person = personOf(visitor, draw);
    for (let more = draw.below(3); more >= 0; more--) {
      const today = draw.is(0.4);
      const at = draw.of(starts.filter((start) => localOf(start, zone).hour < 2 === today));
      const own = taken.get(visitor) ?? [];
      if (own.some((other) => Math.abs(other - at) < 2 * HOUR)) continue;
      taken.set(visitor, [...own, at]);
      visit(writer, person, at);
    }
  }
  for (let visitor = 101; visitor <= 140; visitor++) {
    const hoursAgo = 73 + draw.below(72);
    longAgo(writer, personOf(visitor, draw), now - hoursAgo * HOUR);
  }
  // The hours of yesterday that today so far is compared with: before those in which visitors are recognised.
  for (let visitor = 141; visitor <= 160; visitor++) {
    const minutesAgo = 24 * 60 - 10 + draw.below(120);
    longAgo(writer, personOf(visitor, draw), now - minutesAgo * MINUTE);
  }
  return writer.book;
}

/** Sends it, signed; fails unless every event is acknowledged. */
export async function sendBook(server: Server, secret: string, { requests, events }: Book): Promise<void> {
  let accepted = 0;
  for (const request of requests) {
    const body = JSON.stringify(request);
    const t = Math.floor(Date.now() / 1000);
    const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
    const response = await fetch(`${server.url}/ut/e`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-ut-signature': `t=${t},v1=${v1}` },
      body,
    });
    const answer = (await response.json()) as { accepted?: number; rejected?: unknown[] };
    if (!response.ok || answer.rejected?.length)
      throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    accepted += answer.accepted ?? 0;
  }
  if (accepted !== events.length) throw new Error(`${accepted} of ${events.length} events acknowledged`);
}
