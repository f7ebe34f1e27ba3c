/** The dashboard's first screen in a browser: what a person reads from it and does with it. */
import type { Locator, Page } from 'playwright-core';
import type { Condition, Unit } from './oracle.ts';
import { CARDS, DIMENSIONS, LABELS } from './words.ts';
import type { Metric } from './words.ts';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Shown {
  /** Null where nothing matches. */
  tiles: Record<string, { value: string; delta: string | null }> | null;
  cards: Record<string, string[][]>;
  table: { head: string[]; rows: string[][] };
  chips: string[];
}

const LIMIT_MS = 60_000;

export class Screen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Until every part answers the present question. */
  async settled(): Promise<void> {
    const end = Date.now() + LIMIT_MS;
    for (let calm = 0; calm < 3;) {
      const busy = await this.page.locator('[aria-busy="true"], main .bone').count();
      calm = busy === 0 ? calm + 1 : 0;
      if (Date.now() > end) throw new Error('the screen does not settle');
      await sleep(60);
    }
  }

  card(title: string): Locator {
    return this.page.getByRole('region', { name: title, exact: true });
  }

  /** Everything that is on it, by one look. */
  async read(): Promise<Shown> {
    const asTable = this.page.getByRole('button', { name: 'Table', exact: true });
    if (await asTable.isVisible()) await asTable.click();
    return this.page.evaluate((titles) => {
      const text = (of: Element | null | undefined): string => (of?.textContent ?? '').trim();
      const cells = (row: Element): string[] =>
        Array.from((row as HTMLTableRowElement).cells, (cell) => text(cell));
      const tiles = Array.from(document.querySelectorAll('.tile'), (tile) => {
        const delta = tile.querySelector('.delta');
        const value = { value: text(tile.querySelector('.tile-value')), delta: delta ? text(delta) : null };
        return [text(tile.querySelector('.tile-label')), value] as const;
      });
      const cards = Array.from(document.querySelectorAll('.ranking'), (card, at) => {
        const rows = card.querySelectorAll('tbody tr:has(th)');
        return [titles[at] ?? '', Array.from(rows, cells)] as const;
      });
      const head = document.querySelectorAll('.trend .table thead th');
      const rows = document.querySelectorAll('.trend .table tbody tr');
      return {
        tiles: tiles.length === 0 ? null : Object.fromEntries(tiles),
        cards: Object.fromEntries(cards),
        table: { head: Array.from(head, text), rows: Array.from(rows, cells) },
        chips: Array.from(document.querySelectorAll('.chip-words'), (chip) =>
          Array.from(chip.children, text).join(' '),
        ),
      };
    }, Object.keys(CARDS));
  }

  async #choose(menu: string, item: string): Promise<void> {
    await this.page.getByRole('button', { name: `${menu}: ` }).click();
    await this.page.getByRole('menuitemradio', { name: item, exact: true }).click();
  }

  period(words: string): Promise<void> {
    return this.#choose('Period', words);
  }

  compare(words: string): Promise<void> {
    return this.#choose('Comparison', words);
  }

  unit(unit: Unit): Promise<void> {
    return this.#choose('Points of the chart', `By ${unit}`);
  }

  async custom(from: string, to: string): Promise<void> {
    await this.page.keyboard.press('c');
    const dialog = this.page.getByRole('dialog', { name: 'Custom range' });
    await dialog.getByLabel('First day').fill(from);
    await dialog.getByLabel('Last day').fill(to);
    await dialog.getByRole('button', { name: 'Show these days' }).click();
  }

  async metric(metric: Metric): Promise<void> {
    await this.page.locator('.tile').filter({ hasText: LABELS[metric] }).first().click();
  }

  async tab(title: string, dimension: string): Promise<void> {
    const name = DIMENSIONS[dimension]?.plural ?? dimension;
    await this.card(title).getByRole('button', { name, exact: true }).click();
  }

  /** Presses a line of a card. */
  async line(title: string, place: number, not: boolean): Promise<void> {
    const line = this.card(title).locator('.line-name').nth(place);
    await line.click(not ? { modifiers: ['Shift'] } : {});
  }

  async removeChip(place: number): Promise<void> {
    await this.page.locator('.chip-remove').nth(place).click();
  }

  async negateChip(place: number): Promise<void> {
    await this.page.locator('.chip-words').nth(place).click();
  }

  /** Puts a filter together in the chooser. */
  async add({ dimension, operator, not, values }: Condition): Promise<void> {
    await this.page.getByRole('button', { name: 'Add filter', exact: true }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Add filter' });
    await dialog.getByLabel('Filter by').selectOption(dimension);
    await dialog.getByLabel('Condition').selectOption(`${operator}${not ? '_not' : ''}`);
    await dialog.locator('input[type="text"]').fill(values[0] ?? '');
    await dialog.getByRole('button', { name: 'Add filter' }).click();
    await dialog.waitFor({ state: 'detached' });
  }
}
