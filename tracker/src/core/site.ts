/** Whom the events are for and where they go. */
export interface Site {
  /** The site's public key, `pk_…`. */
  site: string;
  /** The folder that everything is sent to, ending in `/`. */
  base: string;
  /** Which kind of Web Vitals are measured: `off`, or the ending of a script's name. */
  vitals: string;
}

/**
 * Read from `<script defer src="…/ut/ut.js" data-site="pk_…">`. Without `data-endpoint` the base is the folder of the
 * script: works at any prefix and on any host.
 */
export function siteOf({ dataset, src }: HTMLScriptElement): Site {
  const { site = '', endpoint = '.', vitals = '' } = dataset;
  return { site, base: new URL(endpoint, src).href, vitals };
}
