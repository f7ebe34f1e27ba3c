// Builds dist/: index.html, hashed files under assets/, and a .br and .gz twin of each.
// usage: node build.mjs [--quiet] [--watch]   (--watch rebuilds on change and serves dist/ with made-up data)
import { build } from 'esbuild';
import { mkdir, readFile, rm, watch, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { precompress } from '../tooling/precompress.mjs';

const root = import.meta.dirname;
const dist = path.join(root, 'dist');

/**
 * Bundles, and finds the public address of each file that index.html names.
 * @returns {Promise<Record<string, string>>}
 */
async function bundle() {
  /** @type {import('esbuild').BuildOptions & { metafile: true }} */
  const shared = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    outdir: 'dist',
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    target: ['es2022', 'safari16.4', 'firefox115', 'chrome109'],
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
  };
  const results = await Promise.all([
    build({ ...shared, entryPoints: { app: 'src/main.tsx' }, format: 'esm', splitting: true }),
    // Runs before the first paint, so it cannot be a module.
    build({ ...shared, entryPoints: { boot: 'src/boot.ts' }, format: 'iife' }),
    build({ ...shared, entryPoints: { favicon: 'src/favicon.svg' }, loader: { '.svg': 'copy' } }),
  ]);
  const files = results.flatMap((result) => Object.keys(result.metafile.outputs));
  /** @param {string} start @param {string} end */
  const find = (start, end) => {
    const file = files.find((name) => name.startsWith(`dist/assets/${start}-`) && name.endsWith(end));
    if (!file) throw new Error(`the bundle has no ${start}-*${end}`);
    return file.slice('dist'.length);
  };
  return {
    app: find('app', '.js'),
    style: find('app', '.css'),
    boot: find('boot', '.js'),
    favicon: find('favicon', '.svg'),
  };
}

async function buildOnce() {
  await rm(dist, { recursive: true, force: true });
  await mkdir(path.join(dist, 'assets'), { recursive: true });
  const addresses = await bundle();
  const template = await readFile(path.join(root, 'index.html'), 'utf8');
  const html = template.replace(/\{\{(\w+)\}\}/g, (_, name) => addresses[name] ?? '');
  await writeFile(path.join(dist, 'index.html'), html);
  const sizes = precompress(dist);
  if (process.argv.includes('--quiet')) return;
  const total = { file: 'first load', raw: 0, gz: 0, br: 0 };
  const first = sizes.filter(({ file }) => file === 'index.html' || html.includes(file));
  for (const size of first) for (const key of ['raw', 'gz', 'br']) total[key] += size[key];
  const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
  for (const { file, raw, gz, br } of [...sizes, total]) {
    console.log(`${file.padEnd(28)} ${kb(raw)} · gz ${kb(gz)} · br ${kb(br)}`);
  }
}

await buildOnce();
if (process.argv.includes('--watch')) {
  const { startDevServer } = await import('./dev/server.mjs');
  const server = await startDevServer({ scenario: 'full', port: Number(process.env.PORT ?? 4173) });
  console.log(`\n${server.url}  (stop with Ctrl-C)`);
  let timer;
  for await (const change of watch(path.join(root, 'src'), { recursive: true })) {
    if (!change.filename) continue;
    clearTimeout(timer);
    timer = setTimeout(() => void buildOnce().catch((error) => console.error(error.message)), 80);
  }
}
