/**
 * What the first screen must say of a book: the definitions (docs/definitions.md) word by word, by looking at everything
 * each time. Shares nothing with the product.
 */
import { localOf } from './book.ts';
import type { Book, BookEvent, BookSession, Facts } from './book.ts';

export interface Condition {
  operator: 'is' | 'contains' | 'matches';
  not: boolean;
  dimension: string;
  values: string[];
}

export type Figures = Record<string, number | null>;
export type Unit = 'hour' | 'day' | 'week' | 'month';

/** Dimensions that single events say. */
const OF_EVENTS = ['page', 'hostname', 'title', 'event'];
/** Dimensions that only sessions know. */
const OF_SESSIONS = ['entry_page', 'exit_page', 'source', 'medium', 'channel', 'campaign'];

function holds({ operator, not, dimension, values }: Condition, facts: Facts): boolean {
  const fact = facts[dimension] ?? '';
  const found = values.some((value) => {
    if (operator === 'is') return fact === value;
    return operator === 'contains' ? fact.includes(value) : new RegExp(value).test(fact);
  });
  return found !== not;
}

/** Does the event fit? What only a session knows takes events of such sessions; without one it never fits. */
function eventFits(event: BookEvent, conditions: readonly Condition[]): boolean {
  return conditions.every((condition) => {
    if (!OF_SESSIONS.includes(condition.dimension)) return holds(condition, event.facts);
    return event.session !== null && holds(condition, event.session.facts);
  });
}

const isEngaged = ({ engagedMs, pageViews, inCart }: BookSession): boolean =>
  engagedMs >= 10_000 || pageViews >= 2 || inCart;

/** Figures that are averages over sessions. */
function averages(sessions: readonly BookSession[]): Figures {
  const count = sessions.length;
  const mean = (of: (session: BookSession) => number): number | null =>
    count === 0 ? null : sessions.reduce((sum, session) => sum + of(session), 0) / count;
  const seconds = (of: (session: BookSession) => number): number | null =>
    count === 0 ? null : sessions.reduce((sum, session) => sum + of(session), 0) / 1000 / count;
  return {
    views_per_session: mean(({ pageViews }) => pageViews),
    bounce_rate: mean((session) => (isEngaged(session) ? 0 : 1)),
    session_duration_s: seconds(({ startedAt, lastAt }) => lastAt - startedAt),
    engaged_time_s: seconds(({ engagedMs }) => engagedMs),
  };
}

/** Figures of these events and of these sessions. */
function figuresOf(
  events: readonly BookEvent[],
  sessions: readonly BookSession[],
  byEvents: boolean,
): Figures {
  const views = events.filter(({ name }) => name === 'page_view').length;
  const engaged = events.reduce((sum, { engagedMs }) => sum + engagedMs, 0);
  return {
    visitors: new Set(sessions.map(({ visitor }) => visitor)).size,
    sessions: sessions.length,
    page_views: views,
    events: events.length,
    ...averages(sessions),
    ...(byEvents && { engaged_time_s: views === 0 ? null : engaged / 1000 / views }),
  };
}

/** Days, both inclusive, of the site's calendar; or one day until a time on its clock. */
export type Days = readonly [from: string, to: string, until?: string];

export class Oracle {
  readonly #book: Book;
  readonly #zone: string;
  readonly #dates = new Map<number, ReturnType<typeof localOf>>();

  constructor(book: Book, zone: string) {
    this.#book = book;
    this.#zone = zone;
  }

  /** The date of an instant; remembered, since the same ones are asked for again and again. */
  local(at: number): ReturnType<typeof localOf> {
    const known = this.#dates.get(at) ?? localOf(at, this.#zone);
    this.#dates.set(at, known);
    return known;
  }

  firstDay(): string {
    return this.local(Math.min(...this.#book.events.map(({ at }) => at))).date;
  }

  #within(at: number, [from, to, until]: Days): boolean {
    const { date, time } = this.local(at);
    return date >= from && date <= to && (until === undefined || time < until);
  }

  /** Figures by a key that events and sessions have; without one, of everything. */
  by(
    days: Days,
    conditions: readonly Condition[],
    dimension: string | null,
    keyOf: (at: number, facts: Facts) => string,
  ): Map<string, Figures> {
    const words = conditions.map((condition) => condition.dimension).concat(dimension ?? []);
    const byEvents = words.some((word) => OF_EVENTS.includes(word));
    const events = this.#book.events.filter(
      (event) => this.#within(event.at, days) && eventFits(event, conditions),
    );
    const groups = new Map<string, { events: BookEvent[]; sessions: Set<BookSession> }>();
    const group = (key: string): { events: BookEvent[]; sessions: Set<BookSession> } => {
      const known = groups.get(key) ?? { events: [], sessions: new Set() };
      groups.set(key, known);
      return known;
    };
    for (const event of events) {
      const own = OF_SESSIONS.includes(dimension ?? '') ? (event.session?.facts ?? {}) : event.facts;
      const at = group(keyOf(event.at, own));
      at.events.push(event);
      if (byEvents && event.session) at.sessions.add(event.session);
    }
    if (!byEvents) {
      for (const session of this.#book.sessions) {
        if (!this.#within(session.startedAt, days)) continue;
        if (!conditions.every((condition) => holds(condition, session.facts))) continue;
        group(keyOf(session.startedAt, session.facts)).sessions.add(session);
      }
    }
    return new Map([...groups].map(([key, at]) => [key, figuresOf(at.events, [...at.sessions], byEvents)]));
  }

  /** Of everything. */
  total(days: Days, conditions: readonly Condition[]): Figures {
    return this.by(days, conditions, null, () => '').get('') ?? figuresOf([], [], false);
  }

  /** A ranking by the first of `metrics`, then by the value. */
  ranking(
    days: Days,
    conditions: readonly Condition[],
    dimension: string,
    main: string,
  ): [value: string, Figures][] {
    const lines = [...this.by(days, conditions, dimension, (_, facts) => facts[dimension] ?? '')];
    const bytes = (text: string): Buffer => Buffer.from(text);
    return lines.sort(
      ([a, one], [b, other]) => (other[main] ?? 0) - (one[main] ?? 0) || Buffer.compare(bytes(a), bytes(b)),
    );
  }

  /** By stretches of time. */
  series(days: Days, conditions: readonly Condition[], unit: Unit): Map<string, Figures> {
    return this.by(days, conditions, null, (at) => {
      const { date, hour } = this.local(at);
      return bucketOf(unit, date, hour);
    });
  }
}

const DAY = 86_400_000;

/** A date some days later. */
export function shifted(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
}

/** The name of the stretch of time that a moment is in. */
export function bucketOf(unit: Unit, date: string, hour: number): string {
  if (unit === 'hour') return `${date}T${String(hour).padStart(2, '0')}:00`;
  if (unit === 'month') return date.slice(0, 7);
  if (unit === 'day') return date;
  return shifted(date, -((new Date(date).getUTCDay() + 6) % 7));
}

/** Every date of these days. */
export function datesOf([from, to]: Days): string[] {
  const dates: string[] = [];
  for (let date = from; date <= to; date = shifted(date, 1)) dates.push(date);
  return dates;
}
