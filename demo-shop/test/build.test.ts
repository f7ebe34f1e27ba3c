// What the server gets to serve: the template's placeholder, no inline script, no foreign host, readable colours.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { buildShop } from '../build.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'ut-shop-'));
after(() => {
  rmSync(folder, { recursive: true });
});
await buildShop(folder);
const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

test('the layout is one template and assets with their compressed twins', () => {
  assert.deepEqual(readdirSync(folder).sort(), ['assets', 'index.html']);
  const names = ['icon.svg', 'shop.css', 'shop.js'];
  assert.deepEqual(
    readdirSync(path.join(folder, 'assets')).sort(),
    names.flatMap((name) => [name, `${name}.br`, `${name}.gz`]).sort(),
  );
});

test('the template has the site key once, in the tracker’s tag, and no inline code', () => {
  const html = read('index.html');
  assert.deepEqual(html.match(/\{\{.*?\}\}/g), ['{{SITE_KEY}}']);
  assert.match(html, /<script defer src="\/ut\/ut\.js" data-site="\{\{SITE_KEY\}\}"><\/script>/);
  assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
});

test('no file names another host', () => {
  for (const file of ['index.html', 'assets/shop.css', 'assets/shop.js']) {
    const addresses = read(file).match(/(?:https?:)?\/\/[a-z0-9][\w.-]*\.[a-z]{2,}/gi) ?? [];
    assert.deepEqual(
      [...new Set(addresses)].filter((address) => address !== 'http://www.w3.org'),
      [],
      file,
    );
  }
});

type Rgb = [number, number, number];

function luminance(colour: string): number {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255) as Rgb;
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test('text has a contrast of at least 4.5 on every ground it stands on, in both schemes', () => {
  const css = readFileSync(path.join(import.meta.dirname, '../src/styles.css'), 'utf8');
  const schemes = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block = '']) =>
    Object.fromEntries(
      [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
    ),
  );
  assert.equal(schemes.length, 2);
  const pairs = [
    ...['ink', 'soft', 'brand', 'good'].flatMap((text) =>
      ['page', 'raised', 'tile'].map((ground) => [text, ground]),
    ),
    ...['bad', 'waiting', 'said'].map((text) => [text, 'raised']),
    ['on-brand', 'brand'],
  ];
  for (const scheme of schemes) {
    for (const [text = '', ground = ''] of pairs) {
      const ratio = contrast(scheme[text] ?? '', scheme[ground] ?? '');
      assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
    }
  }
});
