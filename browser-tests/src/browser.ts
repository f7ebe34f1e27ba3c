/** The real browser the tests drive: the system's Chromium, without a network of its own. */
import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  ConsoleMessage,
  LaunchOptions,
  Page,
} from 'playwright-core';

export const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Says `navigator.webdriver` otherwise, and programs are left out of reports.
  '--disable-blink-features=AutomationControlled',
];

/** What a person's browser calls itself; one without a window says so otherwise. */
export const PERSON =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36';

/**
 * Starts a browser. The back/forward cache, which Playwright turns off, is on as it is for a visitor.
 * `userAgent` is what it calls itself. A context's own user agent would not do: requests that outlive their page go out
 * under the browser's.
 */
export function launch(userAgent = PERSON): Promise<Browser> {
  return chromium.launch(options(userAgent));
}

function options(userAgent: string): LaunchOptions {
  return {
    executablePath: EXECUTABLE,
    args: [...ARGS, `--user-agent=${userAgent}`],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  };
}

/**
 * The same for measuring: as if it had a machine of its own, it leaves the cores to others while they have work. Niceness
 * alone does not do that where the system shares them out by session (`man 7 sched`, autogroup).
 */
export async function launchModest(): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const server = await chromium.launchServer(options(PERSON));
  try {
    writeFileSync(`/proc/${server.process().pid}/autogroup`, '19');
  } catch {
    // This system does not.
  }
  const browser = await chromium.connect(server.wsEndpoint());
  return { browser, close: () => server.close() };
}

/** A page in a context of its own, with nothing stored, together with what went wrong in it. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Uncaught exceptions and console errors (breaches of the page's policy included); a refused request as `401 /path`. */
  errors: string[];
  close(): Promise<void>;
}

/** A request that was answered with an error is named by status and path: tests that provoke one say which. */
function describe(message: ConsoleMessage): string {
  const status = /^Failed to load resource: the server responded with a status of (\d+)/.exec(
    message.text(),
  )?.[1];
  return status ? `${status} ${new URL(message.location().url).pathname}` : message.text();
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
    if (message.type() === 'error') errors.push(describe(message));
  });
  return { page, context, errors, close: () => context.close() };
}
