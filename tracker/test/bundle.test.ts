// What is shipped: its size, its syntax, and what must not be in it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { buildTracker } from '../build.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'ut-tracker-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const [bundle] = await buildTracker(folder);
const source = readFileSync(path.join(folder, 'ut.js'), 'utf8');

test('is at most 2,500 bytes after gzip', () => {
  assert.ok(bundle && bundle.gz <= 2_500, `${bundle?.gz} B`);
});

test('is compressed without a change', () => {
  assert.equal(gunzipSync(readFileSync(path.join(folder, 'ut.js.gz'))).toString(), source);
  assert.equal(brotliDecompressSync(readFileSync(path.join(folder, 'ut.js.br'))).toString(), source);
});

test('leaves one global name and needs nothing newer than ES2019', () => {
  assert.match(source, /^"use strict";\(\(\)=>\{/);
  assert.doesNotMatch(source, /\?\?|\?\.[a-z([]/i);
});

test('neither writes to the device, nor uses a beacon, nor keeps the page out of the back/forward cache', () => {
  assert.doesNotMatch(source, /sendBeacon|setItem|document\.cookie|indexedDB|beforeunload|"unload"/);
});
