// Builds the scripts in dist/ and their precompressed twins, prints their sizes.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { precompress, printSizes } from '../tooling/precompress.mjs';

const SCRIPTS = {
  ut: 'src/main.ts',
  'ut-choice': 'src/modules/consent/choice.ts',
  'ut-html': 'src/modules/ecommerce/html.ts',
  'ut-navigation': 'src/modules/page_analytics/history.ts',
  'ut-vitals': 'src/modules/performance/standard.ts',
  'ut-vitals-attribution': 'src/modules/performance/attribution.ts',
};

/**
 * Short forms of names that only the scripts themselves know. Fixed: a page that was opened before an update fetches the
 * next script after it.
 *
 * @type {Record<string, string>}
 */
export const NAMES = {
  shared: 's',
  base: 't',
  vitals: 'r',
  closed: 'd',
  said: 'p',
  line: 'e',
  requests: 'i',
  answer: 'm',
  begin: 'l',
  turn: 'o',
  changed: 'q',
  tracker: 'b',
  pages: 'g',
  event: 'k',
  presence: 'f',
  turnPage: 'a',
  pageIsStale: 'n',
  marks: 'c',
  look: 'h',
};

/** What the pixel's text begins with. Readable, as the rest of it: a shop owner pastes it beside the checkout. */
const PIXEL_HEAD = `// Universal Tracking: a custom pixel for Shopify (Settings > Customer events). Of a checkout it reads products, amounts
// and tokens, never an e-mail address, a phone number, a name or an address.
const UT_ENDPOINT = '{{ENDPOINT}}'; // the folder events are sent to, ending in "/": https://t.shop.example/ut/
const UT_SITE_KEY = '{{SITE_KEY}}'; // the site's public key: pk_…`;

/**
 * @param {string} folder
 * @returns {Promise<ReturnType<typeof precompress>>}
 */
export async function buildTracker(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: Object.entries(SCRIPTS).map(([out, source]) => ({
      out,
      in: path.join(import.meta.dirname, source),
    })),
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2019',
    legalComments: 'none',
    mangleProps: new RegExp(`^(${Object.keys(NAMES).join('|')})$`),
    mangleCache: NAMES,
  });
  await build({
    entryPoints: { 'ut-pixel': path.join(import.meta.dirname, 'src/modules/ecommerce/pixel.ts') },
    outdir: folder,
    bundle: true,
    format: 'iife',
    target: 'es2019',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: PIXEL_HEAD },
  });
  return precompress(folder);
}

if (process.argv[1] === import.meta.filename) {
  printSizes(await buildTracker(path.join(import.meta.dirname, 'dist')));
}
