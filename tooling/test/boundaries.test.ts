// The import rule must be able to fail: each case plants a violation in a file that exists only in memory.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = path.resolve(import.meta.dirname, '../..');
// The planted file belongs to no TypeScript project, so rules that need types are off here.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { files: ['**/*.{ts,tsx}'], languageOptions: { parserOptions: { projectService: false } } },
  ],
});

async function objections(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
  const messages = result?.messages ?? [];
  assert.ok(!messages.some((message) => message.fatal), JSON.stringify(messages));
  return messages
    .filter((message) => message.ruleId === 'ut/module-boundaries')
    .map((message) => message.messageId ?? '');
}

const cases: { from: string; code: string; expected: string[] }[] = [
  { from: 'tracker/src/modules/a/x.ts', code: `import { y } from '../b/y.ts';\ny();`, expected: ['sibling'] },
  {
    from: 'tracker/src/modules/a/x.ts',
    code: `import type { Y } from '../b/y.ts';\nexport type Z = Y;`,
    expected: ['sibling'],
  },
  { from: 'tracker/src/modules/a/x.ts', code: `export { y } from '../b/index.ts';`, expected: ['sibling'] },
  { from: 'tracker/src/modules/a/x.ts', code: `export * from '../b/index.ts';`, expected: ['sibling'] },
  { from: 'tracker/src/modules/a/x.ts', code: `void import('../b/y.ts');`, expected: ['sibling'] },
  {
    from: 'tracker/src/modules/a/x.ts',
    code: `export type Y = import('../b/y.ts').Y;`,
    expected: ['sibling'],
  },
  { from: 'tracker/src/modules/a/deep/x.ts', code: `import '../../b/y.ts';`, expected: ['sibling'] },
  {
    from: 'tracker/src/modules/a/x.ts',
    code: `import '../../core/../modules/b/y.ts';`,
    expected: ['sibling'],
  },
  { from: 'tracker/src/core/x.ts', code: `import '../modules/b/y.ts';`, expected: ['upward'] },
  { from: 'dashboard/src/modules/a/x.tsx', code: `import { y } from '../b';\ny();`, expected: ['sibling'] },
  {
    from: 'tracker/src/modules/a/x.ts',
    code: `import '../../core/y.ts';\nimport './z.ts';\nimport '../a/w.ts';`,
    expected: [],
  },
  { from: 'tracker/src/main.ts', code: `import './modules/a/x.ts';`, expected: [] },
];

for (const { from, code, expected } of cases) {
  test(`${from}: ${code.split('\n')[0] ?? ''} → ${expected[0] ?? 'allowed'}`, async () => {
    assert.deepEqual(await objections(from, code), expected);
  });
}
