// Web Vitals in a real browser: what the tracker sends is what the library itself says in the same page, of the right
// page view, and nothing is fetched where nothing may be measured.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch } from '../src/browser.ts';
import { startCollector, trackedPage } from '../src/collector.ts';
import type { Collector, SentEvent } from '../src/collector.ts';
import { newVisitor } from '../src/tabs.ts';
import type { Tab, Visitor } from '../src/tabs.ts';
import { settle } from '../src/tracked_page.ts';
import { waitFor } from '../src/wait.ts';

/** The five metrics, once more, from the package itself; each call of theirs goes to `/said`. */
const LIBRARY = `${readFileSync(
  path.resolve(createRequire(import.meta.url).resolve('web-vitals'), '../web-vitals.iife.js'),
  'utf8',
)}
for (const name of ['CLS', 'FCP', 'INP', 'LCP', 'TTFB']) {
  webVitals['on' + name](({ name, value, rating, delta, id, navigationType }) => {
    const body = JSON.stringify({ name, value, rating, delta, id, navigationType });
    fetch('/said', { method: 'POST', keepalive: true, body });
  }, { reportSoftNavs: true });
}`;

const TALL = 'style="height: 300px; background: linear-gradient(red, blue); font-size: 90px"';
const PAGES: Record<string, string> = {
  '/late': `<script>setTimeout(() => {
    document.body.insertAdjacentHTML('beforeend', '<div ${TALL}>The largest text of the page</div>');
  }, 700);</script>`,
  '/slow': `<button>Press</button><script>document.querySelector('button').onclick = ({ target }) => {
    for (const end = performance.now() + 300; performance.now() < end;);
    target.textContent = 'Pressed';
  };</script>`,
  '/shift': `<p>Something to read</p><script>setTimeout(() => {
    document.body.insertAdjacentHTML('afterbegin', '<div ${TALL}>Pushed in</div>');
  }, 400);</script>`,
  '/soft': `<button>Next</button><main>Here</main><script>document.querySelector('button').onclick = () => {
    history.pushState(null, '', '/soft/next');
    document.querySelector('main').innerHTML = '<div ${TALL}>Another page altogether</div>';
  };</script>`,
};
const html = (vitals: string) =>
  Object.fromEntries(
    Object.entries(PAGES).map(([at, body]) => [at, trackedPage(`Page ${at}`, { vitals, body })]),
  );

let browser: Browser;
let collector: Collector;
let visitor: Visitor;
let tab: Tab;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function come(vitals: string): Promise<void> {
  const plain = trackedPage('Plain', { vitals, body: '<p>Nothing moves here</p>' });
  collector = await startCollector({ ...html(vitals), '/plain': plain, '/other': plain });
  visitor = await newVisitor(browser);
  tab = await visitor.tab();
  await tab.send('Page.addScriptToEvaluateOnNewDocument', { source: LIBRARY });
}
afterEach(async () => {
  await visitor.leave();
  await collector.close();
});

const open = (path: string): Promise<void> => tab.goto(collector.url + path);
const fetched = (): Promise<string[]> =>
  tab.evaluate(`performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)`);
const measuring = (): Promise<unknown> =>
  waitFor('the script is there', async () => (await fetched()).some((name) => name.includes('vitals')));

/** The library looks at an interaction when the page is idle, a second later at the latest. */
async function press(): Promise<void> {
  await tab.click('button');
  await sleep(1_500);
}

interface Said {
  name: string;
  value: number;
  rating: string;
  delta: number;
  id: string;
  navigationType: string;
}

/** What was said of one metric last, which is its greatest value. */
type Last = [metric: string, type: string, rating: string, value: number];
const lasts = (all: [id: string, last: Last][]): Last[] =>
  [...new Map(all).values()].sort((a, b) => (a.join() < b.join() ? -1 : 1));
const byTracker = (): Last[] =>
  lasts(
    collector
      .events('web_vital')
      .map((one) => [
        one.metric_id ?? '',
        [one.metric ?? '', one.navigation_type ?? '', one.rating ?? '', Number(one.value)],
      ]),
  );
const byLibrary = (): Last[] =>
  lasts(
    collector.requests
      .filter(({ url }) => url === '/said')
      .map(({ text }) => JSON.parse(text) as Said)
      .map((one) => [one.id, [one.name, one.navigationType, one.rating, one.value]]),
  );

/** Both say the same of the same metrics; what each measures for itself after a page was restored may differ a little. */
async function expectTheSame(...metrics: string[]): Promise<void> {
  await waitFor(`${metrics.length} metrics`, () => byTracker().length >= metrics.length);
  await settle();
  const [sent, said] = [byTracker(), byLibrary()];
  assert.deepEqual(
    sent.map(([name, type]) => (type === 'navigate' ? name : `${name} ${type}`)),
    [...metrics].sort(),
  );
  assert.deepEqual(
    sent.map((one) => one.slice(0, 3)),
    said.map((one) => one.slice(0, 3)),
  );
  for (const [at, [name, type, , value]] of sent.entries()) {
    const own = said[at]?.[3] ?? NaN;
    const tolerance = type === 'back-forward-cache' ? 50 : 0;
    assert.ok(Math.abs(value - own) <= tolerance, `${name} of ${type}: ${value}, the library says ${own}`);
  }
}

/** The one value of a metric. */
const valueOf = (metric: string, type = 'navigate'): number =>
  byTracker().find(([name, of]) => name === metric && of === type)?.[3] ?? NaN;
/** The addresses of the page views that metrics of a kind belong to. */
const pagesOf = (type: string): string[] => {
  const views = new Map(
    collector.events('page_view').map((view): [string, SentEvent] => [view.page_view, view]),
  );
  const those = collector.events('web_vital').filter((one) => one.navigation_type === type);
  return [
    ...new Set(those.map((one) => `${views.get(one.page_view)?.url ?? ''} ${one.url} ${one.page_view}`)),
  ];
};

describe('by default', () => {
  beforeEach(() => come(''));

  test('a largest paint that comes late', async () => {
    await open('/late');
    await measuring();
    await waitFor('the late text', () => tab.evaluate('document.querySelector("div") !== null'));
    await settle();
    await visitor.lookAway();
    await expectTheSame('CLS', 'FCP', 'LCP', 'TTFB');
    assert.ok(valueOf('LCP') >= 700, String(valueOf('LCP')));
  });

  test('a slow interaction', async () => {
    await open('/slow');
    await measuring();
    await press();
    await visitor.lookAway();
    await expectTheSame('CLS', 'FCP', 'INP', 'LCP', 'TTFB');
    assert.ok(valueOf('INP') >= 300, String(valueOf('INP')));
  });

  test('a layout that shifts, and shifts again after the tab was away', async () => {
    await open('/shift');
    await measuring();
    await waitFor('the shift', () => tab.evaluate('document.querySelector("div") !== null'));
    await settle();
    await visitor.lookAway();
    await expectTheSame('CLS', 'FCP', 'LCP', 'TTFB');
    const once = valueOf('CLS');
    assert.ok(once > 0.01, String(once));
    await tab.show();
    await tab.evaluate(`document.body.insertAdjacentHTML('afterbegin', '<div ${TALL}>Again</div>')`);
    await settle();
    await visitor.lookAway();
    await waitFor('the greater shift', () => valueOf('CLS') > once);
    await expectTheSame('CLS', 'FCP', 'LCP', 'TTFB');
  });

  test('a page restored from the back/forward cache is another page view’s', async () => {
    await open('/plain');
    await measuring();
    await tab.evaluate('window.kept = true');
    await open('/other');
    await measuring();
    await tab.evaluate('history.back()').catch(() => undefined);
    await waitFor('the page is back', () => tab.evaluate('window.kept === true').catch(() => false));
    await settle();
    await visitor.lookAway();
    await waitFor('the restored page', () => valueOf('LCP', 'back-forward-cache') > 0);
    await settle();
    const [first, , third] = collector.events('page_view');
    const restored = collector
      .events('web_vital')
      .filter((one) => one.navigation_type === 'back-forward-cache');
    assert.ok(restored.length >= 4);
    assert.deepEqual([...new Set(restored.map((one) => one.page_view))], [third?.page_view]);
    assert.notEqual(first?.page_view, third?.page_view);
    const both = (all: Last[]): string[] => all.map(([name, type, rating]) => `${name} ${type} ${rating}`);
    assert.deepEqual(both(byTracker()), both(byLibrary()));
  });

  test('a soft navigation is the page view’s it led to', async () => {
    await open('/soft');
    await measuring();
    await press();
    await waitFor('the soft navigation', () => Number.isFinite(valueOf('TTFB', 'soft-navigation')));
    await settle();
    await visitor.lookAway();
    const soft = ['CLS', 'FCP', 'LCP', 'TTFB'].map((name) => `${name} soft-navigation`);
    await expectTheSame('CLS', 'FCP', 'INP', 'LCP', 'TTFB', ...soft);
    assert.equal(pagesOf('navigate').length, 1);
    assert.match(pagesOf('navigate')[0] ?? '', /\/soft http:.*\/soft /);
    assert.equal(pagesOf('soft-navigation').length, 1);
    assert.match(pagesOf('soft-navigation')[0] ?? '', /\/soft\/next http:.*\/soft\/next /);
  });

  test('a page that is loaded in the background has no paints', async () => {
    await visitor.lookAway();
    await open('/plain');
    await measuring();
    await tab.show();
    await settle();
    await visitor.lookAway();
    await expectTheSame('TTFB');
  });

  test('whoever opted out fetches nothing and sends nothing', async () => {
    await open('/plain');
    await measuring();
    await tab.evaluate('window.ut.optOut()');
    await settle();
    const before_ = collector.events().length;
    await visitor.lookAway();
    await tab.show();
    await open('/other');
    await settle();
    assert.equal(collector.events().length, before_);
    assert.deepEqual(
      (await fetched()).filter((name) => name.startsWith('/ut/')),
      ['/ut/ut.js'],
    );
  });
});

test('data-vitals="off" fetches nothing', async () => {
  await come('off');
  await open('/plain');
  await waitFor('the page view', () => collector.events('page_view').length === 1);
  await settle();
  await visitor.lookAway();
  await settle();
  assert.ok(!(await fetched()).some((name) => name.includes('vitals')));
  assert.deepEqual(collector.events('web_vital'), []);
});

test('data-vitals="attribution" also says what each was caused by', async () => {
  await come('attribution');
  await open('/slow');
  await measuring();
  await press();
  await visitor.lookAway();
  await expectTheSame('CLS', 'FCP', 'INP', 'LCP', 'TTFB');
  const causeOf = (name: string): Record<string, string> =>
    collector.events('web_vital').find(({ metric }) => metric === name)?.attribution ?? {};
  const { interactionType, interactionTarget, processingDuration } = causeOf('INP');
  assert.equal(interactionType, 'pointer');
  assert.match(interactionTarget ?? '', /button/);
  assert.ok(Number(processingDuration) >= 300);
  assert.ok(causeOf('LCP')['target']);
  assert.ok(Number(causeOf('TTFB')['requestDuration']) >= 0);
});
