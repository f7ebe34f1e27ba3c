// Runs one test script in every workspace that has it, then the tooling's own tests, and ends with one line that a
// program can read: `N passed, N failed, N skipped`. Understands the summaries of node:test and of vitest.
// usage: node tooling/test.mjs <test|test:browser>
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/**
 * @param {string} output
 * @returns {Tally}
 */
function tally(output) {
  // Colour codes would hide the figures.
  // eslint-disable-next-line no-control-regex
  const plain = output.replace(/\u001b\[[0-9;]*m/g, '');
  /** @param {string} word */
  const nodeTest = (word) => Number(new RegExp(`^(?:ℹ|#) ${word} (\\d+)$`, 'm').exec(plain)?.[1] ?? 0);
  const vitest = /^\s*Tests\s.*$/m.exec(plain)?.[0] ?? '';
  /** @param {string} word */
  const inVitest = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(vitest)?.[1] ?? 0);
  return {
    passed: nodeTest('pass') + inVitest('passed'),
    failed: nodeTest('fail') + nodeTest('cancelled') + inVitest('failed'),
    skipped: nodeTest('skipped') + nodeTest('todo') + inVitest('skipped'),
  };
}

/**
 * @param {string[]} command
 * @returns {{ ok: boolean, tally: Tally }}
 */
function run([program = '', ...args]) {
  const done = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
  process.stdout.write(done.stdout);
  return { ok: done.status === 0, tally: tally(done.stdout) };
}

const script = process.argv[2] ?? 'test';
/** @type {{ workspaces: string[] }} */
const root = JSON.parse(readFileSync('package.json', 'utf8'));
/** @type {string[][]} */
const commands = root.workspaces
  .filter((folder) => existsSync(`${folder}/package.json`))
  .filter((folder) => {
    const { scripts = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    // A second name of another script would run the same tests twice.
    return script in scripts && !/^npm run /.test(scripts[script]);
  })
  // By name: the folder of one may hold another.
  .map((folder) => {
    const { name } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    return ['npm', 'run', '--silent', script, '--workspace', name];
  });
if (script === 'test') {
  commands.push([
    'node',
    '--import',
    'tsx',
    '--test',
    '--test-reporter=spec',
    'tooling/test/boundaries.test.ts',
  ]);
}

const sum = { passed: 0, failed: 0, skipped: 0 };
let ok = true;
for (const command of commands) {
  const result = run(command);
  // A run that fails without a failed test (it did not even start) must not look like a pass.
  if (!result.ok && result.tally.failed === 0) result.tally.failed = 1;
  ok &&= result.ok;
  sum.passed += result.tally.passed;
  sum.failed += result.tally.failed;
  sum.skipped += result.tally.skipped;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = ok && sum.failed === 0 ? 0 : 1;
