import { sayActions } from './legacy.ts';
import { isEvent } from './words.ts';
import type { Say } from './words.ts';

/** Says what a push says: in the form of Tag Manager, of `gtag`, or of Universal Analytics. */
export function hear(push: unknown, say: Say): void {
  // `gtag` pushes its `arguments`. A name in quotes, because the shared names are shortened.
  const {
    0: command,
    1: name,
    2: said = {},
    ['event']: event,
    ecommerce,
  } = Object(push) as {
    0?: unknown;
    1?: unknown;
    2?: object;
    event?: unknown;
    ecommerce?: Record<string, unknown>;
  };
  const isNew = isEvent(event);
  if (command === 'event' && isEvent(name, true)) say(name, said);
  // Who says it in the old form as well says it once.
  if (ecommerce && ((isNew && ecommerce['items']) || !sayActions(ecommerce, say).length) && isNew)
    say(event, ecommerce);
}
