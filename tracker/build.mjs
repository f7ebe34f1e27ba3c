// Builds the scripts in dist/ and their precompressed twins, prints their sizes.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { precompress, printSizes } from '../tooling/precompress.mjs';

const SCRIPTS = {
  ut: 'src/main.ts',
  'ut-vitals': 'src/modules/performance/standard.ts',
  'ut-vitals-attribution': 'src/modules/performance/attribution.ts',
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
  });
  return precompress(folder);
}

if (process.argv[1] === import.meta.filename) {
  printSizes(await buildTracker(path.join(import.meta.dirname, 'dist')));
}
