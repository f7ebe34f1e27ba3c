// Writes `.br` and `.gz` beside every text file of a folder, so that the server never compresses while it answers.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TEXT = new Set(['.js', '.css', '.html', '.svg', '.json', '.webmanifest', '.txt']);

/**
 * @param {string} folder
 * @returns {{ file: string, raw: number, gz: number, br: number }[]} sizes in bytes, sorted by path
 */
export function precompress(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => TEXT.has(path.extname(file)))
    .sort()
    .map((file) => {
      const bytes = readFileSync(path.join(folder, file));
      const gz = gzipSync(bytes, { level: 9 });
      const br = brotliCompressSync(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      });
      writeFileSync(path.join(folder, `${file}.gz`), gz);
      writeFileSync(path.join(folder, `${file}.br`), br);
      return { file, raw: bytes.length, gz: gz.length, br: br.length };
    });
}

/** @param {ReturnType<typeof precompress>} sizes */
export function printSizes(sizes) {
  for (const { file, raw, gz, br } of sizes) {
    console.log(`${file.padEnd(28)} ${raw} B · gz ${gz} B · br ${br} B`);
  }
}
