import type { Parameters } from '../../npm/src/ut.ts';

/**
 * Amounts and quantities as the door takes them: `3 * 19.9` is 59.699999999999996, and what a page has written may be
 * finer than money is, or a number in quotes.
 */
function exact(key: string, part: unknown): unknown {
  const given = Number(part);
  const rounded = +given.toFixed(4);
  if (key === 'quantity' && typeof part === 'string') return given;
  // A text that is fine enough stays as it is; so does what is no number, which the door refuses by name.
  return /^(value|price|tax|shipping|discount)$/.test(key) && (rounded < given || rounded > given)
    ? rounded
    : part;
}

/** Splits parameters into the event's own fields and its text properties. */
export function eventFields(parameters: Parameters): object {
  const { value, currency, items, ...rest } = JSON.parse(JSON.stringify(parameters, exact)) as Parameters;
  const props: Record<string, string> = {};
  for (const [key, part] of Object.entries(rest)) {
    if (part !== null) props[key] = typeof part === 'string' ? part : JSON.stringify(part);
  }
  return { value, currency, items, props };
}
