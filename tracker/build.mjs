// Builds dist/ut.js and its precompressed twins, prints their sizes.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { precompress, printSizes } from '../tooling/precompress.mjs';

/**
 * @param {string} folder
 * @returns {Promise<ReturnType<typeof precompress>>}
 */
export async function buildTracker(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [path.join(import.meta.dirname, 'src/main.ts')],
    outfile: path.join(folder, 'ut.js'),
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
