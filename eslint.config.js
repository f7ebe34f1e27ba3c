import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { moduleBoundaries } from './tooling/eslint/module-boundaries.mjs';

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'target/', 'crates/', 'engine/', 'docs/', 'data/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      // Numbers are safe in a template; the rule is about objects that print as "[object Object]".
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['**/*.{ts,tsx,js,mjs}'],
    plugins: { ut: { rules: { 'module-boundaries': moduleBoundaries } } },
    rules: { 'ut/module-boundaries': 'error', eqeqeq: 'error' },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
  {
    // `describe` and `test` of node:test return promises that the runner itself awaits.
    files: ['**/*.test.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it'] },
          ],
        },
      ],
    },
  },
);
