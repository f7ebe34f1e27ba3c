/** The dashboard as a person reads it: figures by the words that stand beside them. */
import type { Page } from 'playwright-core';

/** The counter of who is here now; null while it is not known. */
export async function onlineNow(page: Page): Promise<number | null> {
  const text = await page.getByRole('region', { name: 'Live' }).locator('.live-number').innerText();
  return text === '' ? null : Number(text);
}

/** The figures of the period by their labels. */
export async function figures(page: Page): Promise<Record<string, string>> {
  const tiles = await page.locator('.tile').all();
  const pairs = tiles.map(async (tile) => [
    await tile.locator('.tile-label').innerText(),
    await tile.locator('.tile-value').innerText(),
  ]);
  return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>;
}

/** The lines of the card of pages: path, visitors, page views. */
export async function topPages(page: Page): Promise<string[][]> {
  const rows = page.getByRole('region', { name: 'Pages', exact: true }).locator('tbody tr:has(th)');
  return rows.evaluateAll((found) =>
    found.map((row) => Array.from((row as HTMLTableRowElement).cells, (cell) => cell.textContent)),
  );
}
