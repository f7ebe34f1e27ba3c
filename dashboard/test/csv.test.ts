import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvCell, csvName, csvText } from '../src/core/csv.ts';
import { drawing } from './seeds.ts';

test('what a spreadsheet would run gets an apostrophe', () => {
  for (const text of ['=1+1', '+49', '-1', '@SUM(A1)', '\tx', '\r=1', '\n=1']) {
    assert.ok(csvCell(text).replace(/^"/, '').startsWith("'"), JSON.stringify(text));
  }
  assert.equal(csvCell('=HYPERLINK("http://x")'), '"\'=HYPERLINK(""http://x"")"');
  assert.equal(csvCell('/p?a=1'), '/p?a=1');
  assert.equal(csvCell(-3), '-3', 'a number of ours is a number');
  assert.equal(csvCell(null), '');
});

/** Reads RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (quoted && letter === '"' && text[at + 1] === '"') cell += text.charAt(++at);
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === ',') {
      rows.at(-1)?.push(cell);
      cell = '';
    } else if (!quoted && letter === '\r' && text[at + 1] === '\n') {
      rows.at(-1)?.push(cell);
      cell = '';
      rows.push([]);
      at += 1;
    } else cell += letter;
  }
  return rows.slice(0, -1);
}

test('any table comes back, with the apostrophes and nothing else', () => {
  const pieces = ['a', '"', ',', '\r\n', '\n', '=', '-', "'", ' ', 'ü', '🛒', ';', '\t'];
  for (let seed = 0; seed < 500; seed++) {
    const draw = drawing(seed);
    const cell = () => Array.from({ length: draw.below(6) }, () => draw.of(pieces)).join('');
    const rows = Array.from({ length: 1 + draw.below(4) }, () => [cell(), cell(), cell()]);
    const back = parse(csvText(rows)).map((row) =>
      row.map((text) => text.replace(/^'(?=[=+\-@\t\r\n])/, '')),
    );
    const plain = rows.map((row) => row.map((text) => text.replace(/^'(?=[=+\-@\t\r\n])/, '')));
    assert.deepEqual(back, plain, `seed ${seed}`);
    for (const text of parse(csvText(rows)).flat()) assert.doesNotMatch(text, /^[=+\-@\t\r\n]/);
  }
});

test('a file is named after site, card and days', () => {
  assert.equal(
    csvName('shop.example', 'Entry pages', '2026-11-16', '2026-11-22'),
    'shop.example-entry_pages-2026-11-16-2026-11-22.csv',
  );
  assert.doesNotMatch(csvName('../etc/x', 'a/b', '2026-11-16', '2026-11-22'), /\//);
});
