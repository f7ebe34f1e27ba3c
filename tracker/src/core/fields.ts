import type { Parameters } from '../../npm/src/ut.ts';

/** Splits parameters into the event's own fields and its text properties. */
export function eventFields({ value, currency, items, ...rest }: Parameters): object {
  const props: Record<string, string> = {};
  for (const [key, part] of Object.entries(rest)) {
    // A text stays as it is. What JSON cannot say (undefined, a function) stays out of the request all the same.
    if (part !== null) props[key] = typeof part === 'string' ? part : JSON.stringify(part);
  }
  return { value, currency, items, props };
}
