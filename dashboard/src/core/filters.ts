// What the screen is narrowed to: conditions that all hold, each with values of which one is enough.
import { isDimension } from './dimensions.ts';

export const OPERATORS = ['is', 'contains', 'matches'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Filter {
  operator: Operator;
  /** What is found is left out instead of taken. */
  not: boolean;
  dimension: string;
  /** At least one; of `is`, the empty text is "nothing". */
  values: readonly string[];
}

/** As the server takes them. */
const MOST_FILTERS = 50;
const MOST_VALUES: Record<Operator, number> = { is: 200, contains: 200, matches: 10 };
const MOST_BYTES = 1024;

export const OPERATOR_WORDS: Record<Operator, { is: string; not: string }> = {
  is: { is: 'is', not: 'is not' },
  contains: { is: 'contains', not: 'does not contain' },
  matches: { is: 'matches', not: 'does not match' },
};

/** Why the server would refuse a filter, in a sentence; null when it would not. */
export function wrongFilter({ operator, dimension, values }: Filter): string | null {
  if (!isDimension(dimension)) return 'Choose what to filter by.';
  if (values.length === 0) return 'Choose or write a value.';
  if (operator !== 'is' && values.includes('')) return 'Write what to look for.';
  if (values.length > MOST_VALUES[operator]) return `At most ${MOST_VALUES[operator]} values.`;
  const encoder = new TextEncoder();
  if (values.some((value) => encoder.encode(value).length > MOST_BYTES)) return 'That value is too long.';
  return null;
}

const sameKind = (a: Filter, b: Filter) =>
  a.operator === b.operator && a.not === b.not && a.dimension === b.dimension;

/**
 * One more. Values of the same dimension and operator come together: "is Germany" and "is Austria" is "is Germany or
 * Austria", "is not Germany" and "is not Austria" leaves out both. What said the opposite of the same value goes.
 */
export function addFilter(filters: readonly Filter[], added: Filter): Filter[] {
  const opposite = { ...added, not: !added.not };
  const others = filters.flatMap((filter) => {
    if (!sameKind(filter, opposite)) return [filter];
    const values = filter.values.filter((value) => !added.values.includes(value));
    return values.length > 0 ? [{ ...filter, values }] : [];
  });
  const place = others.findIndex((filter) => sameKind(filter, added));
  const known = others[place];
  if (!known) return others.length < MOST_FILTERS ? [...others, unique(added)] : others;
  const grown = unique({ ...known, values: [...known.values, ...added.values] });
  if (wrongFilter(grown) !== null) return others;
  return others.map((filter, at) => (at === place ? grown : filter));
}

function unique(filter: Filter): Filter {
  return { ...filter, values: [...new Set(filter.values)] };
}

export function removeFilter(filters: readonly Filter[], at: number): Filter[] {
  return filters.filter((_, place) => place !== at);
}

export function negateFilter(filters: readonly Filter[], at: number): Filter[] {
  const filter = filters[at];
  return filter ? addFilter(removeFilter(filters, at), { ...filter, not: !filter.not }) : [...filters];
}

type Condition = readonly [operator: string, dimension: string, values: readonly string[]];
export type Conditions = Condition | readonly ['and', ...Condition[]];

/** As a query says them. */
export function conditionsOf(filters: readonly Filter[]): Conditions | undefined {
  const [first, ...others] = filters.map(({ operator, not, dimension, values }): Condition => [
    not ? `${operator}_not` : operator,
    dimension,
    values,
  ]);
  if (!first) return undefined;
  return others.length === 0 ? first : ['and', first, ...others];
}

const escaped = (text: string) => text.replace(/[\\,]/g, (mark) => `\\${mark}`);

/** `is:country:DE,AT`, `contains_not:page:/p/`; a comma inside a value is `\,`, a property `is:prop:colour:red`. */
export function filterText({ operator, not, dimension, values }: Filter): string {
  const name = dimension.startsWith('prop:')
    ? `prop:${dimension.slice('prop:'.length).replace(/[\\:]/g, (mark) => `\\${mark}`)}`
    : dimension;
  return `${operator}${not ? '_not' : ''}:${name}:${values.map(escaped).join(',')}`;
}

/** Cuts at every `mark` that no backslash guards, at most so often; what is left stays guarded. */
function cut(text: string, mark: string, most = Infinity): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === mark && parts.length < most) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

const unescaped = (text: string) => text.replace(/\\(.)/gs, '$1');

/** Reads what `filterText` wrote; null for what no filter is. */
export function parseFilter(text: string): Filter | null {
  const [word = '', after] = cut(text, ':', 1);
  const not = word.endsWith('_not');
  const operator = OPERATORS.find((known) => known === (not ? word.slice(0, -'_not'.length) : word));
  if (!operator || after === undefined) return null;
  const isProperty = after.startsWith('prop:');
  const [name = '', values] = cut(isProperty ? after.slice('prop:'.length) : after, ':', 1);
  if (values === undefined) return null;
  const filter = {
    operator,
    not,
    dimension: isProperty ? `prop:${unescaped(name)}` : name,
    values: cut(values, ',').map(unescaped),
  };
  return wrongFilter(filter) === null ? unique(filter) : null;
}
