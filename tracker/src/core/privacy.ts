import { site } from './site.ts';

/** May nothing be sent? Read at every use, so that it holds at once, also in tabs that are already open. */
export function optedOut(): unknown {
  try {
    return site.closed || 'ut_optout' in localStorage;
  } catch {
    // Storage is blocked: the visitor cannot have left a flag in it.
    return;
  }
}
