/** The real browser the tests drive: the system's Chromium, without a network of its own. */
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser. The back/forward cache, which Playwright turns off, is on as it is for a visitor. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: ARGS,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}

/** A page in a context of its own, with nothing stored, together with what went wrong in it. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Uncaught exceptions and console errors, as text. */
  errors: string[];
  close(): Promise<void>;
}

/** Opens an empty page as a new visitor. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin', ...options });
  // The TypeScript loader names functions with this helper, also in those that a test hands to the page.
  await context.addInitScript('globalThis.__name = (value) => value;');
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { page, context, errors, close: () => context.close() };
}
