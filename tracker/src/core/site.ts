/** Whom the events are for and where they go. */
export interface Site {
  /** The site's public key, `pk_…`. */
  key: string;
  /** The folder of the tracker's own script, ending in `/`: works at any prefix and on any host. */
  base: string;
}

/** Read from `<script defer src="…/ut/ut.js" data-site="pk_…">`; null when the tag lacks the key. */
export function siteOf(script: Element | null): Site | null {
  if (!(script instanceof HTMLScriptElement) || !script.dataset['site']) return null;
  return { key: script.dataset['site'], base: new URL('.', script.src).href };
}
