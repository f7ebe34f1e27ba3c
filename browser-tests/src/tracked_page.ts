/** One page with the built tracker in it, against a recording server; both are new for every test of the file. */
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, beforeEach } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, newPage } from './browser.ts';
import type { Visit } from './browser.ts';
import { startCollector } from './collector.ts';
import type { Collector } from './collector.ts';
import { waitFor } from './wait.ts';

/** Of the present test. */
export let collector: Collector;
export let visit: Visit;
export let page: Page;

/** To be called once, at the top of a test file. */
export function everyTestOnItsOwnPage(): void {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  beforeEach(async () => {
    collector = await startCollector();
    visit = await newPage(browser);
    page = visit.page;
  });
  afterEach(async () => {
    await visit.close();
    await collector.close();
  });
}

/** Addresses of the page views, as they came. */
export const paths = (): string[] =>
  collector.events('page_view').map((event) => event.url.replace(collector.url, ''));
/** Opens a page of the recording server. */
export const open = (path: string): Promise<unknown> => page.goto(collector.url + path);
/** Waits for so many page views. */
export const pageViews = (count: number): Promise<unknown> =>
  waitFor(`${count} page views`, () => paths().length >= count);
/** Longer than events are gathered for, so that what would come has come. */
export const settle = (): Promise<void> => sleep(500);

/** From now on time in the page passes only as a test says. */
export async function stopClock(): Promise<void> {
  const now = Date.now();
  await page.clock.install({ time: now });
  await page.clock.pauseAt(now + 1_000);
}

/** What a visitor does by switching tabs; a headless browser has no other tab in front. */
export const setHidden = (hidden: boolean): Promise<void> =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);
