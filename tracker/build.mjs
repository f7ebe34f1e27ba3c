// Builds the scripts in dist/ and their precompressed twins, prints their sizes.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { precompress, printSizes } from '../tooling/precompress.mjs';

const SCRIPTS = {
  ut: 'src/main.ts',
  'ut-choice': 'src/modules/consent/choice.ts',
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
};

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
  return precompress(folder);
}

if (process.argv[1] === import.meta.filename) {
  printSizes(await buildTracker(path.join(import.meta.dirname, 'dist')));
}
