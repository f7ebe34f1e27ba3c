// Builds dist/: index.html (the one template, placeholder {{SITE_KEY}}) and assets/, each with its precompressed twins.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { precompress, printSizes } from '../tooling/precompress.mjs';

const here = import.meta.dirname;

/**
 * @param {string} folder
 * @returns {Promise<ReturnType<typeof precompress>>}
 */
export async function buildShop(folder) {
  const assets = path.join(folder, 'assets');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(assets, { recursive: true });
  await build({
    entryPoints: { shop: path.join(here, 'src/main.ts') },
    outdir: assets,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    legalComments: 'none',
  });
  cpSync(path.join(here, 'public'), assets, { recursive: true });
  cpSync(path.join(here, 'index.html'), path.join(folder, 'index.html'));
  // The template is filled in by the server, so only the assets are compressed ahead.
  return precompress(assets);
}

if (process.argv[1] === import.meta.filename) {
  printSizes(await buildShop(path.join(here, 'dist')));
}
