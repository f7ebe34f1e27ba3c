import { on } from '../../core/input.ts';
import { AGAIN_MS } from '../../core/limits.ts';
import { load } from '../../core/load.ts';
import { optedOut } from '../../core/privacy.ts';
import { site } from '../../core/site.ts';

/** Fetches what reads the page's own markup (`data-ut-event`, `data-ut-view`) once there is any, and keeps what happens until it is there. */
export function startMarks(): void {
  const look = (event?: Event): void => {
    if (!optedOut() && document.querySelector('[data-ut-event],[data-ut-view]') && site.marks.push(event) < 2)
      load(`${site.base}ut-html.js`, AGAIN_MS);
  };
  site.look = look;
  on('DOMContentLoaded load click submit', look);
  look();
}
