// Tables as files. A shop's visitors write much of what stands in them: a cell must not become a formula in somebody's
// spreadsheet (https://owasp.org/www-community/attacks/CSV_Injection).

export type Cell = string | number | null;

/** How spreadsheets know a formula, also behind a line break that they drop. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** One cell. Numbers stay numbers; a text that a spreadsheet would run gets an apostrophe in front. */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const tame = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

/** RFC 4180. */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** `shop.example-sources-2026-11-16-2026-11-22.csv`. */
export function csvName(site: string, card: string, from: string, to: string): string {
  const safe = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}._-]+/gu, '_');
  return `${safe(site)}-${safe(card)}-${from}-${to}.csv`;
}

/** Hands a table to the browser. The mark in front tells spreadsheets that it is UTF-8. */
export function download(name: string, text: string): void {
  save(name, new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }));
}

/** Hands a file to the browser. */
export function save(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Firefox reads the address after the click.
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 10_000);
}
