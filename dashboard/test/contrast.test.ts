// WCAG AA, by the numbers of tokens.css: every text on every ground it stands on, in both themes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const css = readFileSync(path.join(import.meta.dirname, '../src/styles/tokens.css'), 'utf8');

function tokens(block: RegExp): Map<string, string> {
  const body = block.exec(css)?.[1] ?? '';
  return new Map(
    [...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

const light = tokens(/:root \{([^}]*)\}/);
const dark = tokens(/:root\[data-theme='dark'\] \{([^}]*)\}/);
const system = tokens(/:root:not\(\[data-theme='light'\]\) \{([^}]*)\}/);

function luminance(hex: string): number {
  assert.match(hex, /^#[0-9a-f]{6}$/);
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** [text, ground, least ratio] */
const PAIRS: [string, string, number][] = [
  ...['--ink', '--ink-2', '--ink-3', '--accent', '--sale', '--danger'].map(
    (text): [string, string, number] => [text, '--surface', 4.5],
  ),
  ...['--ink', '--ink-2', '--ink-3', '--accent'].map((text): [string, string, number] => [text, '--bg', 4.5]),
  ['--ink', '--bar', 4.5],
  ['--accent', '--accent-soft', 4.5],
  ['--on-accent', '--accent', 4.5],
  ['--on-accent', '--accent-strong', 4.5],
  ['--danger', '--danger-soft', 4.5],
  ['--notice', '--notice-soft', 4.5],
  ['--tip-ink', '--tip-bg', 4.5],
  ['--tip-ink-2', '--tip-bg', 4.5],
  // Graphics: lines of the chart and the live dot.
  ['--accent', '--surface', 3],
  ['--live', '--surface', 3],
];

for (const [name, theme] of Object.entries({ light, dark })) {
  test(`${name}: text and ground keep their contrast`, () => {
    for (const [text, ground, least] of PAIRS) {
      const ratio = contrast(theme.get(text) ?? '', theme.get(ground) ?? '');
      assert.ok(ratio >= least, `${text} on ${ground}: ${ratio.toFixed(2)}`);
    }
  });
}

test('dark by system is dark by choice', () => {
  assert.ok(dark.size > 20);
  assert.deepEqual([...system], [...dark]);
});
