// What the tests of the dashboard have in common: one browser per file, and how to read the screen.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, open, type Opened } from './open.ts';

export let browser: Browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
});

export async function opened(
  how: Parameters<typeof open>[1],
  body: (at: Opened) => Promise<void>,
): Promise<void> {
  const at = await open(browser, how);
  at.page.setDefaultTimeout(30_000);
  try {
    await body(at);
    assert.deepEqual(at.faults, [], 'errors, alerts or policy violations');
  } finally {
    await at.close();
  }
}

export const ready = (page: Page) => page.locator('.bar-fill').first().waitFor();
export const path = (page: Page) =>
  new URL(page.url()).pathname + new URL(page.url()).search + new URL(page.url()).hash;
interface Asked {
  queries: {
    metrics: string[];
    dimensions: string[];
    date_range: unknown;
    filters?: unknown;
    compare?: string;
    limit?: number;
    order_by?: unknown;
  }[];
}
/** What the screen has asked of the reports, request by request. */
export const asked = (at: Pick<Opened, 'server'>): Asked['queries'][] =>
  at.server.log.flatMap((entry) =>
    entry.path === '/api/v1/q' && entry.body ? [(entry.body as Asked).queries] : [],
  );
export const told = (at: Pick<Opened, 'server'>) => asked(at).at(-1) ?? [];
export const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(what);
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function axe(page: Page): Promise<string[]> {
  // By evaluation, which the policy does not govern; a script tag would rightly be refused.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Node = { target: string[]; failureSummary?: string };
    type Run = () => Promise<{ violations: { id: string; nodes: Node[] }[] }>;
    const { violations } = await (globalThis as unknown as { axe: { run: Run } }).axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ') ?? ''} ${nodes[0]?.failureSummary ?? ''}`,
    );
  });
}
