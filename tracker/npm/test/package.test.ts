// The package as somebody gets it who installs it: packed, unpacked beside React, and compiled against.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';

const PACKAGE = path.resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const shop = mkdtempSync(path.join(tmpdir(), 'ut-package-'));
const installed = path.join(shop, 'node_modules/@universal-tracking/tracker');
let files: string[];

before(() => {
  const words = ['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', shop];
  const packed = execFileSync('npm', words, { cwd: PACKAGE, encoding: 'utf8' });
  const [{ filename, files: listed }] = JSON.parse(packed) as [
    { filename: string; files: { path: string }[] },
  ];
  files = listed.map((file) => file.path).sort();
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xzf', path.join(shop, filename), '-C', installed, '--strip-components=1']);
  for (const name of ['react', '@types/react', 'csstype']) {
    const at = path.join(shop, 'node_modules', name);
    mkdirSync(path.dirname(at), { recursive: true });
    symlinkSync(path.dirname(require.resolve(`${name}/package.json`)), at);
  }
});
after(() => {
  rmSync(shop, { recursive: true });
});

test('holds the built files, their types, words and licence, and nothing else', () => {
  const built = ['index', 'react', 'ut'].flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.js`]);
  assert.deepEqual(files, ['LICENSE', 'README.md', ...built, 'package.json']);
});

test('asks for React only as an optional peer, and for nothing else', () => {
  const manifest = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  assert.equal(manifest['dependencies'], undefined);
  assert.deepEqual(manifest['peerDependenciesMeta'], { react: { optional: true } });
  const core = readFileSync(path.join(installed, 'dist/index.js'));
  assert.doesNotMatch(core.toString(), /react/i);
  assert.ok(gzipSync(core).length < 1_024, `${gzipSync(core).length} B`);
});

const CONSUMER = `
import { consent, joinToken, load, optIn, optOut, track, ut, type Axes, type EventParameters, type Ut } from '@universal-tracking/tracker';
import { UniversalTracking, useUt } from '@universal-tracking/tracker/react';

const same: Ut = load({ src: '/ut/ut.js', site: 'pk_1', vitals: 'attribution', consent: 'required', cmp: 'tcf gcm' });
same('add_to_cart', { value: '59.90', currency: 'EUR', items: [{ item_id: '42', price: 59.9, quantity: 1 }] });
ut('size_guide_opened', { size: 'XL' });
window.ut?.('search', { search_term: 'lamp' });
ut.track('purchase', { transaction_id: 'T-1', value: '59.90', tax: 9.56, currency: 'EUR', customer_type: 'new' });
track('login', { method: 'mail' });
track('view_cart');
window.ut?.track?.('size_guide_opened', { size: 'XL' });
const shipped: EventParameters['add_shipping_info'] = { shipping_tier: 'Express', items: [{ item_id: '42', discount: '1' }], gift: true };
same('add_shipping_info', shipped);
declare const name: string;
track(name, { anything: 1 });
optOut();
optIn();
export const now: Axes | null = await consent({ analytics: true, policy_version: '7' });
export const order: { token: string | null } = { token: await joinToken() };

export function Shop() {
  const say = useUt({ src: '/ut/ut.js', site: 'pk_1' });
  return <button onClick={() => say('view_cart')}><UniversalTracking src="/ut/ut.js" site="pk_1" /></button>;
}
// @ts-expect-error -- the key is missing
load({ src: '/ut/ut.js' });
// @ts-expect-error -- no such way to measure
load({ src: '/ut/ut.js', site: 'pk_1', vitals: 'some' });
// @ts-expect-error -- no such axis
await consent({ adverts: true });
// @ts-expect-error -- items are a list
ut('view_item', { items: 'chair' });
// @ts-expect-error -- an order has a number
ut.track('purchase', { value: '59.90' });
// @ts-expect-error -- and is said with it
track('purchase');
// @ts-expect-error -- a tier is a text
same('add_shipping_info', { shipping_tier: 3 });
`;

for (const [module, moduleResolution] of [
  ['esnext', 'bundler'],
  ['nodenext', 'nodenext'],
] as const) {
  test(`its types hold in a strict project (${moduleResolution})`, () => {
    const compilerOptions = {
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      jsx: 'react-jsx',
      lib: ['es2022', 'dom'],
      types: [],
      noEmit: true,
    };
    writeFileSync(path.join(shop, 'package.json'), '{"type":"module"}');
    writeFileSync(path.join(shop, 'shop.tsx'), CONSUMER);
    writeFileSync(path.join(shop, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['shop.tsx'] }));
    const said = (() => {
      try {
        return execFileSync(process.execPath, [require.resolve('typescript/lib/tsc.js'), '-p', shop], {
          encoding: 'utf8',
        });
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    })();
    assert.equal(said, '');
  });
}

test('loads on a server, where there is no page, and does nothing', () => {
  const program = `
    import { consent, joinToken, load, ut } from '@universal-tracking/tracker';
    load({ src: '/ut/ut.js', site: 'pk_1' })('view_cart');
    ut('view_cart');
    console.log((await joinToken()) ?? (await consent({ analytics: true })) ?? 'fine');`;
  writeFileSync(path.join(shop, 'server.mjs'), program);
  assert.equal(execFileSync(process.execPath, ['server.mjs'], { cwd: shop, encoding: 'utf8' }), 'fine\n');
});
