/** Where the server's binary is. */
import { existsSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** `UT_BINARY`, else what `cargo build` made. Fails with one line that says what to do. */
export function binary(): string {
  const { UT_BINARY: given, CARGO_TARGET_DIR: target } = process.env;
  const file = given
    ? path.resolve(given)
    : path.resolve(ROOT, target ?? 'target', 'debug/universal-tracking');
  if (existsSync(file)) return file;
  const remedy = given
    ? 'UT_BINARY must name it'
    : 'run `cargo build -p universal-tracking`, or name it in UT_BINARY';
  throw new Error(`the server's binary ${file} is missing: ${remedy}`);
}
