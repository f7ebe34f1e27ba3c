/** What the first screen has been told to show, kept beside it by the test, and what it then must say. */
import { localOf } from './book.ts';
import type { Chance } from './chance.ts';
import { bucketOf, datesOf, shifted } from './oracle.ts';
import type { Condition, Days, Figures, Oracle, Unit } from './oracle.ts';
import type { Screen, Shown } from './screen.ts';
import { bucketName, CARDS, change, DIMENSIONS, isCount, LABELS } from './words.ts';
import { METRICS, metricsOf, nameOf, OPERATORS, written } from './words.ts';
import type { Metric } from './words.ts';

const LINES = 8;
const DAY = 86_400_000;
const PERIODS: Record<string, string> = {
  Today: 'd',
  Yesterday: 'e',
  'Last 7 days': 'w',
  'Last 30 days': 't',
  'Last 90 days': '',
  'Month to date': 'm',
  'Year to date': 'y',
  'Last 12 months': 'l',
  'All time': 'a',
};
const COMPARISONS = { off: 'No comparison', previous: 'Previous period', year: 'Same days last year' };
/** What the chooser is given. */
const WRITTEN: readonly Omit<Condition, 'not'>[] = [
  { operator: 'contains', dimension: 'page', values: ['/p/'] },
  { operator: 'is', dimension: 'page', values: ['/p/vase,%20blue'] },
  { operator: 'matches', dimension: 'page', values: ['^/(p|cart)'] },
  { operator: 'contains', dimension: 'entry_page', values: ['/p'] },
  { operator: 'matches', dimension: 'source', values: ['^(google|bing)$'] },
  { operator: 'is', dimension: 'country', values: ['DE'] },
  { operator: 'is', dimension: 'country', values: ['FR'] },
  { operator: 'is', dimension: 'event', values: ['add_to_cart'] },
  { operator: 'is', dimension: 'channel', values: ['Paid Search'] },
  { operator: 'contains', dimension: 'browser', values: ['e'] },
  { operator: 'matches', dimension: 'language', values: ['^de'] },
  { operator: 'is', dimension: 'campaign', values: ['autumn'] },
];

type Filters = Condition[];

const alike = (a: Condition, b: Condition): boolean =>
  a.operator === b.operator && a.not === b.not && a.dimension === b.dimension;

/** Values of a kind come together; the opposite of the same value goes. */
function added(filters: Filters, more: Condition): Filters {
  const opposite = { ...more, not: !more.not };
  const kept = filters
    .map((one) =>
      alike(one, opposite)
        ? { ...one, values: one.values.filter((value) => !more.values.includes(value)) }
        : one,
    )
    .filter(({ values }) => values.length > 0);
  if (!kept.some((one) => alike(one, more))) return [...kept, more];
  return kept.map((one) =>
    alike(one, more) ? { ...one, values: [...new Set([...one.values, ...more.values])] } : one,
  );
}

export class Model {
  readonly #oracle: Oracle;
  readonly #zone: string;
  readonly #draw: Chance;
  #period = 'Last 7 days';
  #custom: readonly [string, string] = ['', ''];
  #compare: keyof typeof COMPARISONS = 'off';
  #unit: Unit | null = null;
  #metric: Metric = 'visitors';
  /** Milliseconds before this moment, of which the screen is. */
  #age = 0;
  #filters: Filters = [];
  #tabs: Record<string, string> = Object.fromEntries(
    Object.entries(CARDS).map(([title, [first]]) => [title, first]),
  );

  constructor(oracle: Oracle, zone: string, draw: Chance) {
    this.#oracle = oracle;
    this.#zone = zone;
    this.#draw = draw;
  }

  describe(): string {
    const view = {
      period: this.#period,
      days: this.#days(),
      unit: this.#points(),
      compare: this.#compare,
      filters: this.#filters,
    };
    return JSON.stringify(view);
  }

  compares(): boolean {
    return this.#earlier() !== null;
  }

  /** The site's hour, which moves on while a test runs. */
  hour(): number {
    return localOf(Date.now(), this.#zone).hour;
  }

  #today(): string {
    return localOf(Date.now(), this.#zone).date;
  }

  #days(): Days {
    const today = this.#today();
    const back = { Today: 0, Yesterday: 1, 'Last 7 days': 6, 'Last 30 days': 29, 'Last 90 days': 89 }[
      this.#period
    ];
    if (this.#period === 'Yesterday') return [shifted(today, -1), shifted(today, -1)];
    if (back !== undefined) return [shifted(today, -back), today];
    const year = Number(today.slice(0, 4));
    const month = Number(today.slice(5, 7));
    switch (this.#period) {
      case 'Month to date':
        return [`${today.slice(0, 7)}-01`, today];
      case 'Year to date':
        return [`${year}-01-01`, today];
      case 'Last 12 months':
        return [new Date(Date.UTC(year, month - 12, 1)).toISOString().slice(0, 10), today];
      case 'All time':
        return [this.#oracle.firstDay(), today];
      default:
        return this.#custom;
    }
  }

  #length([from, to]: Days): number {
    return (Date.parse(to) - Date.parse(from)) / DAY + 1;
  }

  /** What it is compared with: of today so far the same hours. */
  #earlier(): Days | null {
    const whole = this.#before();
    const [from, to] = this.#days();
    const now = localOf(Date.now() - this.#age, this.#zone);
    return whole && from === to && to === now.date ? [...whole, now.time] : whole;
  }

  #before(): readonly [string, string] | null {
    if (this.#compare === 'off' || this.#period === 'All time') return null;
    const [from, to] = this.#days();
    if (this.#compare === 'previous') {
      const length = this.#length([from, to]);
      return [shifted(from, -length), shifted(to, -length)];
    }
    const back = (date: string): string => {
      const year = String(Number(date.slice(0, 4)) - 1);
      return date.endsWith('02-29') ? `${year}-02-28` : year + date.slice(4);
    };
    return [back(from), back(to)];
  }

  #units(): Unit[] {
    const days = this.#length(this.#days());
    const units: [Unit, boolean][] = [
      ['hour', days <= 14],
      ['day', days > 1],
      ['week', days > 7],
      ['month', days > 31],
    ];
    return units.filter(([, fits]) => fits).map(([unit]) => unit);
  }

  #points(): Unit {
    const days = this.#length(this.#days());
    return this.#unit ?? (days === 1 ? 'hour' : days <= 121 ? 'day' : 'month');
  }

  /** The stretches of time that have begun, in order. */
  #buckets(unit: Unit, [from, to]: Days): string[] {
    const now = localOf(Date.now(), this.#zone);
    const keys: string[] = [];
    for (let date = from; date <= to && date <= now.date; date = shifted(date, 1)) {
      const hours = unit !== 'hour' ? 1 : date === now.date ? now.hour + 1 : 24;
      for (let hour = 0; hour < hours; hour++) keys.push(bucketOf(unit, date, hour));
    }
    return [...new Set(keys)];
  }

  /** Does one to three things, and says which. */
  async act(screen: Screen): Promise<string[]> {
    const done: string[] = [];
    for (let more = this.#draw.below(3); more >= 0; more--) done.push(await this.#one(screen));
    const metric = this.#draw.of(METRICS);
    await screen.settled();
    if (this.#hasSome()) {
      await screen.metric(metric);
      this.#metric = metric;
    }
    return done;
  }

  /** Today beside the day before, without filters. */
  async today(screen: Screen): Promise<void> {
    await this.#unfilter(screen);
    [this.#period, this.#compare, this.#unit] = ['Today', 'previous', null];
    await screen.period(this.#period);
    await screen.compare(COMPARISONS.previous);
  }

  async #one(screen: Screen): Promise<string> {
    await screen.settled();
    const kind = this.#draw.below(10);
    if (this.#filters.length > 3) return this.#unfilter(screen);
    if (kind <= 2) return this.#choosePeriod(screen);
    if (kind === 3) return this.#chooseCompare(screen);
    if (kind === 4 && this.#filters.length > 0) return this.#chip(screen);
    if (kind === 5) return this.#write(screen);
    if (!this.#hasSome()) return this.#unfilter(screen);
    if (kind === 6) return this.#tab(screen);
    if (kind === 7) return this.#choosePoints(screen);
    return this.#press(screen);
  }

  async #unfilter(screen: Screen): Promise<string> {
    for (let more = this.#filters.length; more > 0; more--) await screen.removeChip(0);
    this.#filters = [];
    return 'no filters';
  }

  async #choosePeriod(screen: Screen): Promise<string> {
    this.#unit = null;
    if (this.#draw.is(0.3)) {
      const last = this.#draw.below(4);
      const first = last + this.#draw.below(3);
      this.#period = 'custom';
      this.#custom = [shifted(this.#today(), -first), shifted(this.#today(), -last)];
      await screen.custom(...this.#custom);
      return this.#custom.join(' to ');
    }
    this.#period = this.#draw.of(Object.keys(PERIODS));
    const key = PERIODS[this.#period];
    if (key && this.#draw.is(0.5)) await screen.page.keyboard.press(key);
    else await screen.period(this.#period);
    return this.#period;
  }

  async #chooseCompare(screen: Screen): Promise<string> {
    if (this.#draw.is(0.4)) {
      this.#compare = this.#compare === 'off' ? 'previous' : 'off';
      await screen.page.keyboard.press('x');
    } else {
      this.#compare = this.#draw.of(['previous', 'previous', 'year', 'off'] as const);
      await screen.compare(COMPARISONS[this.#compare]);
    }
    return COMPARISONS[this.#compare];
  }

  async #chip(screen: Screen): Promise<string> {
    const place = this.#draw.below(this.#filters.length);
    const filter = this.#filters[place];
    if (!filter) return '';
    const others = this.#filters.filter((_, at) => at !== place);
    if (this.#draw.is(0.5)) {
      this.#filters = others;
      await screen.removeChip(place);
      return `without ${filter.dimension}`;
    }
    this.#filters = added(others, { ...filter, not: !filter.not });
    await screen.negateChip(place);
    return `turned ${filter.dimension}`;
  }

  async #write(screen: Screen): Promise<string> {
    const filter = { ...this.#draw.of(WRITTEN), not: this.#draw.is(0.25) };
    this.#filters = added(this.#filters, filter);
    await screen.add(filter);
    return `wrote ${filter.operator} ${filter.dimension} ${filter.values.join()}`;
  }

  async #tab(screen: Screen): Promise<string> {
    const title = this.#draw.of(Object.keys(CARDS));
    const dimension = this.#draw.of(CARDS[title] ?? []);
    this.#tabs[title] = dimension;
    await screen.tab(title, dimension);
    return `shows ${dimension}`;
  }

  async #choosePoints(screen: Screen): Promise<string> {
    this.#unit = this.#draw.of(this.#units());
    await screen.unit(this.#unit);
    return `by ${this.#unit}`;
  }

  async #press(screen: Screen): Promise<string> {
    const title = this.#draw.of(Object.keys(CARDS));
    const dimension = this.#tabs[title] ?? '';
    const lines = this.#lines(dimension);
    if (lines.length === 0) return 'no line to press';
    const place = this.#draw.below(lines.length);
    const value = lines[place]?.[0] ?? '';
    const not = this.#draw.is(0.35);
    this.#filters = added(this.#filters, { operator: 'is', not, dimension, values: [value] });
    await screen.line(title, place, not);
    return `${not ? 'Shift + ' : ''}pressed ${dimension} ${value}`;
  }

  #hasSome(): boolean {
    const { events, sessions } = this.#oracle.total(this.#days(), this.#filters);
    return this.#filters.length === 0 || (events ?? 0) + (sessions ?? 0) > 0;
  }

  #lines(dimension: string): [string, Figures][] {
    const [other, main] = metricsOf(dimension);
    const lines = this.#oracle.ranking(this.#days(), this.#filters, dimension, main);
    const named = ['page', 'campaign'].includes(dimension) ? lines.filter(([value]) => value !== '') : lines;
    return named.filter(([, of]) => (of[main] ?? 0) + (of[other] ?? 0) > 0).slice(0, LINES);
  }

  #card(dimension: string): string[][] {
    const [other, main] = metricsOf(dimension);
    const earlier = this.#earlier();
    const before = earlier && new Map(this.#oracle.ranking(earlier, this.#filters, dimension, main));
    return this.#lines(dimension).map(([value, of]) => [
      nameOf(dimension, value),
      written(other, of[other]),
      written(main, of[main]),
      ...(before ? [change(main, of, before.get(value) ?? { [main]: 0 })] : []),
    ]);
  }

  #table(): Shown['table'] {
    const [unit, days, earlier] = [this.#points(), this.#days(), this.#before()];
    const series = this.#oracle.series(days, this.#filters, unit);
    const keys = this.#buckets(unit, days);
    const now = localOf(Date.now(), this.#zone);
    const current = bucketOf(unit, now.date, now.hour);
    const heads = METRICS.flatMap((metric) =>
      earlier && metric === this.#metric ? [LABELS[metric], `${LABELS[metric]} before`] : [LABELS[metric]],
    );
    const before = earlier && this.#twins(unit, days, earlier, keys);
    const rows = keys.map((key, at) => {
      const of = series.get(key);
      const cells = METRICS.flatMap((metric) => {
        const value = written(metric, of?.[metric] ?? (isCount(metric) ? 0 : null));
        return before && metric === this.#metric ? [value, before[at] ?? ''] : [value];
      });
      return [`${bucketName(unit, key)}${key === current ? ' so far' : ''}`, ...cells];
    });
    return { head: [`${unit.charAt(0).toUpperCase()}${unit.slice(1)}`, ...heads], rows: rows.reverse() };
  }

  /** Of each stretch of time the one it is compared with. */
  #twins(unit: Unit, days: Days, earlier: Days, keys: string[]): string[] {
    const series = this.#oracle.series(earlier, this.#filters, unit);
    const length = this.#length(days);
    const whole = [...new Set(datesOf(earlier).map((date) => bucketOf(unit, date, 0)))];
    const twin = (key: string, at: number): string | undefined => {
      if (unit === 'week' || (unit === 'month' && this.#compare === 'previous')) return whole[at];
      if (this.#compare === 'year') {
        const back = `${Number(key.slice(0, 4)) - 1}${key.slice(4)}`;
        return key.includes('-02-29') ? undefined : back;
      }
      return `${shifted(key.slice(0, 10), -length)}${key.slice(10)}`;
    };
    return keys.map((key, at) => {
      const found = twin(key, at);
      if (found === undefined) return written(this.#metric, null);
      return written(this.#metric, series.get(found)?.[this.#metric] ?? (isCount(this.#metric) ? 0 : null));
    });
  }

  /** What it must say now; `age` milliseconds ago. */
  expects(age = 0): Shown {
    this.#age = age;
    const chips = this.#filters.map(({ operator, not, dimension, values }) => {
      const names = values.map((value) => (operator === 'is' ? nameOf(dimension, value) : `“${value}”`));
      const more = names.length > 2 ? ` or ${names.length - 2} more` : '';
      const words = `${names.slice(0, 2).join(' or ')}${more}`;
      return `${DIMENSIONS[dimension]?.label ?? ''} ${OPERATORS[operator][Number(not)] ?? ''} ${words}`;
    });
    if (!this.#hasSome()) return { chips, tiles: null, cards: {}, table: { head: [], rows: [] } };
    const total = this.#oracle.total(this.#days(), this.#filters);
    const earlier = this.#earlier();
    const before = earlier && this.#oracle.total(earlier, this.#filters);
    const tiles = METRICS.map((metric) => {
      const delta = before ? change(metric, total, before) : null;
      return [LABELS[metric], { value: written(metric, total[metric]), delta }] as const;
    });
    const cards = Object.keys(CARDS).map((title) => [title, this.#card(this.#tabs[title] ?? '')] as const);
    return {
      chips,
      tiles: Object.fromEntries(tiles),
      cards: Object.fromEntries(cards),
      table: this.#table(),
    };
  }
}
