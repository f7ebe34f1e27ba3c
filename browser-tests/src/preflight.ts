/** Run before the tests: what they need and do not have is one line, not a stack of each of them. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { binary } from './binary.ts';
import { EXECUTABLE } from './browser.ts';

const BUILT = ['tracker/dist/ut.js', 'demo-shop/dist/index.html'];

try {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`the browser ${EXECUTABLE} is missing: install Chromium, or name one in CHROMIUM`);
  }
  for (const file of BUILT) {
    if (!existsSync(path.resolve(import.meta.dirname, '../..', file))) {
      throw new Error(`${file} is missing: run \`npm run build\` in the project's root`);
    }
  }
  binary();
} catch (error) {
  console.error(`browser tests: ${(error as Error).message}`);
  process.exitCode = 1;
}
