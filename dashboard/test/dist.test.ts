// What a first visit and each page download is bounded, and index.html obeys `default-src 'self'`. Reads dist/ as it
// ships.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const dist = path.join(import.meta.dirname, '../dist');
const html = readFileSync(path.join(dist, 'index.html'), 'utf8');
const assets = readdirSync(path.join(dist, 'assets'));
const MOST_BYTES = 90_000;

/** What index.html names, and what those files cannot begin without. */
function firstLoad(): Set<string> {
  const found = new Set<string>();
  const follow = (text: string, pattern: RegExp) => {
    for (const [, name = ''] of text.matchAll(pattern)) {
      if (found.has(name)) continue;
      found.add(name);
      if (name.endsWith('.js')) {
        const script = readFileSync(path.join(dist, 'assets', name), 'utf8');
        follow(script, /(?:from|import)\s*"\.\/([^"]+)"/g);
      }
    }
  };
  follow(html, /"\/assets\/([^"]+)"/g);
  return found;
}

const plain = assets.filter((name) => !/\.(br|gz)$/.test(name));
const packed = (file: string) => readFileSync(path.join(dist, `${file}.gz`)).length;

test('the first load is at most 90 kB gzipped', () => {
  const files = ['index.html', ...[...firstLoad()].map((name) => `assets/${name}`)];
  const bytes = files.reduce((sum, name) => sum + packed(name), 0);
  console.log(`first load: ${bytes} B gzipped`);
  assert.ok(bytes > 10_000, `only ${bytes} bytes: something is missing from dist/`);
  assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
});

test('the other pages and the dialogs are no part of the first load, and each adds at most 25 kB', () => {
  for (const page of ['realtime', 'performance', 'privacy', 'settings', 'dialogs']) {
    const [file, ...more] = plain.filter((name) => name.startsWith(`${page}-`));
    assert.ok(file && more.length === 0, page);
    assert.ok(!firstLoad().has(file), `${page} is loaded when it is opened`);
    assert.ok(packed(`assets/${file}`) <= 25_000, `${page}: ${packed(`assets/${file}`)} bytes`);
  }
});

test('all that the script needs to begin is fetched with it', () => {
  const app = plain.find((name) => /^app-.*\.js$/.test(name)) ?? '';
  const text = readFileSync(path.join(dist, 'assets', app), 'utf8');
  const needed = [...text.matchAll(/from"\.\/([\w-]+\.js)"/g)].map(([, name = '']) => name);
  assert.ok(needed.length > 0);
  for (const name of needed) assert.ok(html.includes(`rel="modulepreload" href="/assets/${name}"`), name);
});

test('index.html has no inline script or style', () => {
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/i);
  const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)</g)];
  assert.equal(scripts.length, 2);
  for (const [, attributes, body] of scripts) {
    assert.match(attributes ?? '', /src="\/assets\//);
    assert.equal(body?.trim(), '');
  }
});

test('every asset has a hash in its name, compressed twins, and is named by index.html or a script', () => {
  const scripts = plain
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(path.join(dist, 'assets', name), 'utf8'))
    .join('\n');
  for (const name of plain) {
    assert.match(name, /^[a-z_]+-[A-Z0-9]{8}\.(js|css|svg)$/);
    assert.ok(assets.includes(`${name}.br`) && assets.includes(`${name}.gz`), name);
    assert.ok(html.includes(`"/assets/${name}"`) || scripts.includes(name), `${name} is not used`);
  }
  const first = firstLoad();
  for (const name of first) assert.ok(plain.includes(name), `${name} is not there`);
  const later = plain.filter((name) => !first.has(name));
  assert.ok(
    later.some((name) => name.startsWith('dialogs-')),
    later.join(' '),
  );
});

test('nothing is loaded from another host', () => {
  for (const name of assets.filter((file) => /\.(js|css)$/.test(file))) {
    const text = readFileSync(path.join(dist, 'assets', name), 'utf8');
    const hosts = [...text.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host);
    // Names of XML namespaces, which nobody fetches.
    assert.deepEqual(
      hosts.filter((host) => host !== 'www.w3.org'),
      [],
      name,
    );
  }
});
