import type { Choice, Ut } from '../npm/src/ut.ts';
import { AGAIN_MS, ANSWER_LIMIT_MS } from './core/limits.ts';
import { load } from './core/load.ts';
import { site } from './core/site.ts';
import type { Call } from './core/site.ts';

/**
 * Has `ut-choice.js`, which is fetched for the first request, do something. Null when it has no answer in time: whoever
 * waits at the till or at a banner shall go on; what was said is sent all the same.
 */
export function ask(what?: string, choice?: Choice): Promise<never> {
  return new Promise((done) => {
    setTimeout(done, ANSWER_LIMIT_MS, null);
    if (site.requests.push([done, Date.now(), what, choice]) < 2) load(`${site.base}ut-choice.js`, AGAIN_MS);
  });
}

/** Installs `window.ut`. */
export function installApi(): void {
  site.line = [...((window.ut || {}).q || [])] as Call[];
  const ut = (window.ut = ((...call: Call) => {
    site.line.push(call);
  }) as Ut);
  ut.shared = site;
  ut.track = ut;
  ut.optOut = () => {
    void ask('optOut');
    localStorage['ut_optout'] = 1;
  };
  for (const what of ['consent', 'optIn', 'joinToken'] as const)
    ut[what] = (choice?: Choice) => ask(what, choice);
}
