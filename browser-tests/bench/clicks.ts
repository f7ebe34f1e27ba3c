/**
 * How long a person at the dashboard waits: until its first byte, until the first screen is whole, and from a click on a
 * line of a card until every card answers it. `ut-benches clicks` starts it beside a server with 20 million events.
 * usage: clicks.ts SETUP_LINK SEED CLICKS PERIOD …    prints one JSON object, times in milliseconds
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchModest, newPage } from '../src/browser.ts';
import { chance } from '../src/chance.ts';
import { EMAIL, PASSWORD } from '../src/owner.ts';

const [setup = '', seed = '1', clicks = '50', ...periods] = process.argv.slice(2);
const LOADS = 20;
const { origin } = new URL(setup);

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

interface Load {
  firstByte: number;
  complete: number;
  shift: number;
  moved: string[];
}

/** Becomes the owner by the set-up link; what a browser then knows. */
async function signedIn(browser: Browser): Promise<State> {
  const { page, context } = await newPage(browser, { locale: 'en-GB' });
  await page.goto(setup);
  const fill = (name: string, text: string): Promise<void> =>
    page.getByRole('textbox', { name, exact: true }).fill(text);
  await fill('E-mail', EMAIL);
  await fill('Password', PASSWORD);
  await fill('Repeat the password', PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL(`${origin}/`);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** What the page notes of itself; times since it was asked for. */
interface Watched {
  shift: number;
  /** The classes of what moved. */
  moved: string[];
  /** When nothing of the first screen waited for an answer any more. It looks at every frame, so its times end on one. */
  whole: Promise<number>;
}
declare const watched: Watched;

function watch(): void {
  const noted: Watched = {
    shift: 0,
    moved: [],
    whole: new Promise((done) => {
      const look = (): void => {
        const isBusy = document.querySelector('[aria-busy="true"], main .bone') !== null;
        const lines = document.querySelectorAll('.rankings tbody tr:has(th)').length;
        if (lines > 0 && !isBusy) done(performance.now());
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }),
  };
  type Shift = PerformanceEntry & {
    value: number;
    hadRecentInput: boolean;
    sources: { node: Element | null }[];
  };
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
      if (hadRecentInput) continue;
      noted.shift += value;
      noted.moved.push(...sources.map(({ node }) => node?.className ?? ''));
    }
  }).observe({ type: 'layout-shift', buffered: true });
  Object.assign(globalThis, { watched: noted });
}

/** A browser of the owner that has nothing in its cache, at the first screen. */
async function open(browser: Browser, storageState: State, period: string): Promise<Page> {
  const { page } = await newPage(browser, {
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
    storageState,
  });
  await page.addInitScript(watch);
  await page.goto(`${origin}/?p=${period}`);
  await page.evaluate(() => watched.whole);
  return page;
}

async function load(browser: Browser, state: State, period: string): Promise<Load> {
  const page = await open(browser, state, period);
  const found = await page.evaluate(async () => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const complete = await watched.whole;
    return {
      firstByte: navigation?.responseStart ?? Number.NaN,
      complete,
      shift: watched.shift,
      moved: watched.moved,
    };
  });
  await page.context().close();
  return found;
}

/**
 * Presses something in the page, and waits until the screen has begun to ask and has stopped; milliseconds. Null where
 * there is nothing to ask: a line that is filtered by already.
 */
function pressed(page: Page, selector: string, place: number): Promise<number | null> {
  return page.evaluate(
    ([what, at]) =>
      new Promise<number | null>((done, failed) => {
        const element = document.querySelectorAll<HTMLElement>(what)[at];
        if (!element) {
          failed(new Error(`there is no ${what} ${at}`));
          return;
        }
        const began = performance.now();
        const before = location.search;
        let asked = false;
        const look = (): void => {
          const busy = document.querySelector('[aria-busy="true"], main .bone') !== null;
          asked ||= busy && location.search !== before;
          const passed = performance.now() - began;
          if (asked && !busy) done(passed);
          else if (location.search === before && passed > 1_000) done(null);
          else if (passed > 60_000) failed(new Error('the screen does not settle'));
          else requestAnimationFrame(look);
        };
        element.click();
        requestAnimationFrame(look);
      }),
    [selector, place] as const,
  );
}

/** Filters by one or two lines of whatever the cards show, looks, and takes the filters away again. */
async function click(browser: Browser, state: State, period: string): Promise<unknown[]> {
  const luck = chance(Number(seed));
  const page = await open(browser, state, period);
  const times: unknown[] = [];
  while (times.length < Number(clicks)) {
    const tabs = await page.locator('.ranking .segments button').count();
    await pressed(page, '.ranking .segments button:not([aria-pressed="true"])', luck.below(tabs - 4));
    for (let deep = 0; deep < 2 && times.length < Number(clicks); deep++) {
      const lines = await page.locator('.ranking .line-name').count();
      if (lines === 0) break;
      const ms = await pressed(page, '.ranking .line-name', luck.below(lines));
      if (ms === null) break;
      times.push({ ms, filters: await page.locator('.chip-words').allTextContents() });
      if (luck.is(0.5)) break;
    }
    while ((await page.locator('.chip-remove').count()) > 0) await pressed(page, '.chip-remove', 0);
  }
  await page.context().close();
  return times;
}

const { browser, close } = await launchModest();
try {
  const state = await signedIn(browser);
  const answer: Record<string, unknown> = {};
  for (const period of periods) {
    const loads: Load[] = [];
    for (let n = 0; n < LOADS; n++) loads.push(await load(browser, state, period));
    answer[period] = { loads, clicks: await click(browser, state, period) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
} finally {
  await close();
}
