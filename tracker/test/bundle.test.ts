// What is shipped: its size, its syntax, and what must not be in it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { buildTracker } from '../build.mjs';

/**
 * Bytes after gzip. Every page loads the first; vitals come when it is idle, the rest only where it is needed: a choice,
 * markup that says events, a browser without the Navigation API, causes that a shop asks for. The pixel is pasted.
 */
const LIMITS: Record<string, number> = {
  'ut.js': 3_500,
  'ut-choice.js': 2_500,
  'ut-html.js': 1_200,
  'ut-navigation.js': 300,
  'ut-pixel.js': 4_000,
  'ut-vitals.js': 4_500,
  'ut-vitals-attribution.js': 7_000,
};

const folder = mkdtempSync(path.join(tmpdir(), 'ut-tracker-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const sizes = await buildTracker(folder);
const sourceOf = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

test('every script has its limit', () => {
  assert.deepEqual(sizes.map(({ file }) => file).sort(), Object.keys(LIMITS).sort());
});

for (const [file, limit] of Object.entries(LIMITS)) {
  test(`${file} is at most ${limit} bytes after gzip`, () => {
    const size = sizes.find((one) => one.file === file);
    assert.ok(size && size.gz <= limit, `${size?.gz} B`);
  });

  test(`${file} is compressed without a change`, () => {
    assert.equal(gunzipSync(readFileSync(path.join(folder, `${file}.gz`))).toString(), sourceOf(file));
    assert.equal(
      brotliDecompressSync(readFileSync(path.join(folder, `${file}.br`))).toString(),
      sourceOf(file),
    );
  });

  test(`${file} leaves no name behind and needs nothing newer than ES2019`, () => {
    // The pixel is pasted, so that people can read it: two names to fill in, then everything else.
    const head = file === 'ut-pixel.js' ? /^(\/\/.*\n)+(const UT_\w+ = '\{\{\w+\}\}'; \/\/.*\n){2}/ : /^/;
    assert.match(sourceOf(file), head);
    assert.match(sourceOf(file).replace(head, ''), /^"use strict";\s*\(\(\) ?=> ?\{/);
    assert.doesNotMatch(sourceOf(file), /\?\?|\?\.[a-z([]/i);
  });

  test(`${file} uses no beacon and does not keep the page out of the back/forward cache`, () => {
    assert.doesNotMatch(sourceOf(file), /sendBeacon|beforeunload|"unload"/);
  });

  test(`${file} writes nothing to the device but that the visitor opted out`, () => {
    const source = sourceOf(file).replace('localStorage.ut_optout=1', '');
    assert.equal(source === sourceOf(file), file !== 'ut.js');
    assert.doesNotMatch(
      source,
      /setItem|(local|session)Storage[.[\w\]"']*=[^=]|document\.cookie=|indexedDB|caches/,
    );
  });

  test(`${file} reads no cookie but the visitor’s choice`, () => {
    const read = sourceOf(file).split('document.cookie').length - 1;
    assert.equal(read, file === 'ut-choice.js' ? 1 : 0);
    if (read) assert.match(sourceOf(file), /_ut_c=v1[^;]{0,20}\.test\(document\.cookie\)/);
  });
}
