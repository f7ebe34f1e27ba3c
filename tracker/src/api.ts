import type { Parameters, Ut } from '../npm/src/ut.ts';
import type { Tracker } from './core/tracker.ts';

type Call = [name: string, parameters?: Parameters];

/** Splits parameters into the event's own fields and its text properties. */
export function eventFields({ value, currency, items, ...rest }: Parameters): object {
  const props: Record<string, string> = {};
  for (const [key, part] of Object.entries(rest)) {
    // A text stays as it is. What JSON cannot say (undefined, a function) stays out of the request all the same.
    if (part !== null) props[key] = typeof part === 'string' ? part : JSON.stringify(part);
  }
  return { value, currency, items, props };
}

/** Installs `window.ut`. Calls are kept until the returned function is given what to do with them. */
export function installApi(): (tracker: Tracker, track: (...call: Call) => void) => void {
  const waiting = [...((window.ut || {}).q || [])] as Iterable<unknown>[];
  let track = (...call: Call): void => {
    waiting.push(call);
  };
  const ut: Ut = (window.ut = (...call: Call) => {
    track(...call);
  });
  ut.optOut = () => {
    localStorage['ut_optout'] = 1;
  };
  return (tracker, receiver) => {
    ut.tracker = tracker;
    track = receiver;
    for (const call of waiting) track(...(call as Call));
  };
}
