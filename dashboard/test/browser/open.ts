// Opens the built dashboard in the Chromium of this machine, against dev/server.mjs.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { startDevServer } from '../../dev/server.mjs';

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Opened {
  page: Page;
  context: BrowserContext;
  server: Awaited<ReturnType<typeof startDevServer>>;
  /** Uncaught errors, console errors and refusals of the content security policy, as they happened. */
  faults: string[];
  close: () => Promise<void>;
}

interface How {
  scenario: string;
  path?: string;
  viewport?: { width: number; height: number };
  dark?: boolean;
  still?: boolean;
}

export async function open(browser: Browser, how: How): Promise<Opened> {
  const { scenario, path = '/', viewport = DESK, dark = false, still = false } = how;
  const server = await startDevServer({ scenario });
  const context = await browser.newContext({
    viewport,
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-GB',
    timezoneId: 'Pacific/Auckland',
    reducedMotion: still ? 'reduce' : 'no-preference',
    hasTouch: viewport.width < 600,
    isMobile: viewport.width < 600,
    deviceScaleFactor: viewport.width < 600 ? 2 : 1,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // Answers such as 401 and 503 are the scenario's, not a fault.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    const seen = { cls: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
        sources: { node: Node | null }[];
      })[]) {
        // A feed moves on with every line that comes in at its top: that is what it is for.
        const inFeed = entry.sources.every(({ node }) => node?.parentElement?.closest('.live-feed') ?? false);
        if (!entry.hadRecentInput && !inFeed) seen.cls += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(server.url + path);
  const close = async () => {
    await context.close();
    await server.close();
  };
  return { page, context, server, faults, close };
}

/** What moved under the reader's eyes since the page began. */
export async function layoutShift(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as { seen: { cls: number } }).seen.cls);
}
