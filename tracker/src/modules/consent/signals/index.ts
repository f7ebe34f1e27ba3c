import { gcm } from './gcm.ts';
import { gpp } from './gpp.ts';
import type { Listen, Say } from './signal.ts';
import { tcf } from './tcf.ts';

const TOOLS = new Map<string, Listen>(Object.entries({ tcf, gpp, gcm }));
/** Tools that come late are looked for so often, and so many times. */
const LOOK_MS = 500;
const LOOKS = 20;

/** Listens to the named tools, or with `auto` to those that are on the page. */
export function listen(names: string, say: Say): void {
  let looks = 0;
  let wanted = names === 'auto' ? [...TOOLS.keys()] : names.split(/[\s,]+/).filter((name) => TOOLS.has(name));
  const heard = once(say);
  const look = (): void => {
    wanted = wanted.filter((name) => !(TOOLS.get(name) as Listen)(heard));
    if (wanted.length && ++looks < LOOKS) setTimeout(look, LOOK_MS);
  };
  look();
}

/** What a tool only repeats needs no second request. */
function once(say: Say): Say {
  const last = new Map<string, string>();
  return (signal) => {
    const { at, ...words } = signal;
    const said = JSON.stringify(words);
    if (!at && last.get(signal.source) === said) return;
    last.set(signal.source, said);
    say(signal);
  };
}
