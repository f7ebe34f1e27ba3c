// The built tracker in a real browser against a real server: what is sent, and what is not.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { SITE_KEY, startCollector } from '../src/collector.ts';
import type { Collector } from '../src/collector.ts';
import type {} from '../../tracker/src/api.ts';
import { waitFor } from '../src/wait.ts';

let browser: Browser;
let collector: Collector;
let visit: Visit;
let page: Page;

before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  collector = await startCollector();
  await enter();
});
afterEach(async () => {
  await visit.close();
  await collector.close();
});

async function enter(options: BrowserContextOptions = {}): Promise<void> {
  visit = await newPage(browser, options);
  page = visit.page;
}

const paths = (): string[] =>
  collector.events('page_view').map((event) => event.url.replace(collector.url, ''));
const open = (path: string): Promise<unknown> => page.goto(collector.url + path);
const pageViews = (count: number): Promise<unknown> =>
  waitFor(`${count} page views`, () => paths().length >= count);
/** Longer than events are gathered for, so that what would come has come. */
const settle = (): Promise<void> => sleep(500);

/** From now on time in the page passes only as a test says. */
async function stopClock(): Promise<void> {
  const now = Date.now();
  await page.clock.install({ time: now });
  await page.clock.pauseAt(now + 1_000);
}

/** What a visitor does by switching tabs; a headless browser has no other tab in front. */
const setHidden = (hidden: boolean): Promise<void> =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

describe('page views', () => {
  test('a load sends one page view in the envelope of the contract', async () => {
    await open('/a?utm_source=x&access_token=secret#part');
    await pageViews(1);
    const request = collector.requests.find((one) => one.url === '/ut/e');
    assert.ok(request);
    assert.match(String(request.headers['content-type']), /^text\/plain/);
    const { sent_at: sentAt, events, ...envelope } = request.body;
    assert.deepEqual(envelope, {
      site: SITE_KEY,
      tz: 'Europe/Berlin',
      lang: 'de-DE',
      viewport: [1280, 720],
      consent: {},
    });
    assert.ok(Math.abs(Date.now() - Number(sentAt)) < 60_000);
    const [event] = events ?? [];
    assert.ok(event);
    const { id, ts, page_view: pageView, ...said } = event;
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.match(pageView, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.ok(ts <= Number(sentAt));
    assert.deepEqual(said, {
      name: 'page_view',
      seq: 1,
      url: `${collector.url}/a?utm_source=x`,
      referrer: '',
      title: 'Page /a',
    });
    assert.doesNotMatch(request.text, /secret/);
  });

  test('a title or an address too long for the door is shortened, and is still text', async () => {
    await open(`/a?${'q'.repeat(5_000)}`);
    await pageViews(1);
    assert.deepEqual(paths(), ['/a']);
    await page.evaluate(() => {
      document.title = `x${'😀'.repeat(600)}`;
      history.pushState(null, '', '/b');
    });
    await pageViews(2);
    assert.equal(collector.events('page_view')[1]?.title, `x${'😀'.repeat(249)}`);
  });

  test('a link to the next document carries the referrer and another page view id', async () => {
    await open('/a');
    await page.click('#next');
    await pageViews(2);
    const [first, second] = collector.events('page_view');
    assert.equal(second?.referrer, `${collector.url}/a`);
    assert.notEqual(first?.page_view, second.page_view);
  });

  test('pushState, back and forward are page views with the page before as referrer', async () => {
    await open('/a');
    await page.evaluate(() => {
      history.pushState(null, '', '/b?token=s');
      document.title = 'Title of b';
    });
    await pageViews(2);
    const [, second] = collector.events('page_view');
    assert.deepEqual(
      [second?.url, second?.referrer, second?.title, second?.seq],
      [`${collector.url}/b`, `${collector.url}/a`, 'Title of b', 1],
    );
    await page.evaluate(() => {
      history.back();
    });
    await pageViews(3);
    await page.evaluate(() => {
      history.forward();
    });
    await pageViews(4);
    assert.deepEqual(paths(), ['/a', '/b', '/a', '/b']);
    assert.equal(new Set(collector.events().map((event) => event.page_view)).size, 4);
  });

  test('replaceState counts a new path or query, and nothing else', async () => {
    await open('/a?x=1');
    await page.evaluate(() => {
      history.replaceState({ scroll: 7 }, '');
    });
    await page.evaluate(() => {
      history.replaceState(null, '', '/a?x=1#part');
    });
    await page.evaluate(() => {
      location.hash = 'other';
    });
    await settle();
    assert.deepEqual(paths(), ['/a?x=1']);
    await page.evaluate(() => {
      history.replaceState(null, '', '/a?x=2');
    });
    await pageViews(2);
    assert.deepEqual(paths(), ['/a?x=1', '/a?x=2']);
  });

  test('an address that is replaced within the same task is one page view', async () => {
    await open('/a');
    await page.evaluate(() => {
      history.pushState(null, '', '/b');
      history.replaceState(null, '', '/c');
    });
    await pageViews(2);
    await settle();
    assert.deepEqual(paths(), ['/a', '/c']);
  });

  test('without the Navigation API the History API is watched', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'navigation', { value: undefined });
    });
    await open('/a');
    await page.evaluate(() => {
      history.pushState(null, '', '/b');
    });
    await page.evaluate(() => {
      history.replaceState(null, '', '/b');
    });
    await page.evaluate(() => {
      history.replaceState(null, '', '/c');
    });
    await pageViews(3);
    await page.evaluate(() => {
      history.back();
    });
    await pageViews(4);
    assert.deepEqual(paths(), ['/a', '/b', '/c', '/a']);
  });

  test('a return from the back/forward cache is a page view, and no second arrival', async () => {
    await open('/a');
    await page.evaluate(() => {
      Object.assign(window, { kept: true });
    });
    await open('/b');
    await page.goBack({ waitUntil: 'commit' });
    await pageViews(3);
    // The mark proves that the cache was used; a fresh load would count without any code of ours.
    assert.equal(await page.evaluate(() => 'kept' in window), true);
    assert.deepEqual(paths(), ['/a', '/b', '/a']);
    const [first, , third] = collector.events('page_view');
    assert.notEqual(first?.page_view, third?.page_view);
    assert.equal(third?.referrer, `${collector.url}/a`);
  });

  test('a prerendered page is counted when it is shown', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(document, 'prerendering', { configurable: true, value: true });
    });
    await open('/a');
    await page.evaluate(() => window.ut?.('early'));
    await settle();
    assert.equal(collector.requests.length, 0);
    await page.evaluate(() => {
      Object.defineProperty(document, 'prerendering', { value: false });
      document.dispatchEvent(new Event('prerenderingchange'));
    });
    await waitFor('both events', () => collector.events().length === 2);
    assert.deepEqual(
      collector.events().map((event) => event.name),
      ['page_view', 'early'],
    );
  });

  test('a second snippet on the page counts nothing twice', async () => {
    await open('/a');
    await page.addScriptTag({ url: '/ut/ut.js' });
    await page.evaluate((key) => {
      const script = document.createElement('script');
      Object.assign(script, { src: '/ut/ut.js', async: false });
      script.dataset['site'] = key;
      document.head.append(script);
      return new Promise((resolve) => {
        script.onload = resolve;
      });
    }, SITE_KEY);
    await settle();
    assert.deepEqual(paths(), ['/a']);
  });

  test('the tracker works under another prefix', async () => {
    await open('/prefix/a');
    await waitFor('event and heartbeat', () => collector.requests.length === 2);
    assert.deepEqual(collector.requests.map((request) => request.url).sort(), [
      '/prefix/ut/e',
      '/prefix/ut/p',
    ]);
  });
});

describe('the shop’s own events', () => {
  test('come through window.ut, in order, on the page they happened on', async () => {
    await open('/a');
    await page.evaluate(() => {
      const item = { item_id: '42', price: '59.90', quantity: 1 };
      window.ut?.('add_to_cart', {
        value: '59.90',
        currency: 'EUR',
        items: [item],
        list: 'home',
        position: 3,
      });
      history.pushState(null, '', '/b');
      window.ut?.('view_item', { items: [item] });
    });
    await waitFor('four events', () => collector.events().length === 4);
    const [view, add, nextView, viewItem] = collector.events();
    assert.deepEqual(
      collector.events().map((event) => [event.name, event.seq]),
      [
        ['page_view', 1],
        ['add_to_cart', 2],
        ['page_view', 1],
        ['view_item', 2],
      ],
    );
    assert.equal(add?.page_view, view?.page_view);
    assert.equal(viewItem?.page_view, nextView?.page_view);
    assert.deepEqual(
      [add?.value, add?.currency, add?.props],
      ['59.90', 'EUR', { list: 'home', position: '3' }],
    );
    assert.deepEqual(add?.items, [{ item_id: '42', price: '59.90', quantity: 1 }]);
    assert.equal(collector.requests.filter((request) => request.url === '/ut/e').length, 1);
  });

  test('are kept by a stub until the tracker is there', async () => {
    await page.addInitScript(() => {
      const stub = (...call: unknown[]): void => {
        (stub.q ??= []).push(call);
      };
      stub.q = undefined as unknown[][] | undefined;
      Object.assign(window, { ut: stub });
      stub('search', { search_term: 'lamp' });
    });
    await open('/a');
    await waitFor('both events', () => collector.events().length === 2);
    assert.deepEqual(
      collector.events().map((event) => event.name),
      ['page_view', 'search'],
    );
    assert.deepEqual(collector.events('search')[0]?.props, { search_term: 'lamp' });
  });
});

describe('the line', () => {
  for (const [what, leave] of [
    ['closed', () => page.close()],
    ['left', () => page.goto('about:blank')],
    ['hidden', () => setHidden(true)],
  ] as const) {
    test(`an event made just before the page is ${what} arrives once`, async () => {
      await open('/a');
      await pageViews(1);
      await page.evaluate(() => window.ut?.('last'));
      await leave();
      await waitFor('the last event', () => collector.accepted('last').length > 0);
      await settle();
      assert.equal(collector.events('last').length, 1);
    });

    test(`events waiting behind an unanswered request arrive when the page is ${what}`, async () => {
      let answer = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        answer = resolve;
      });
      collector.answerWith(async ({ body }) => {
        if (body.events?.some((event) => event.name === 'page_view')) await held;
        return { status: 202 };
      });
      await open('/a');
      await pageViews(1);
      await page.evaluate(() => window.ut?.('waiting'));
      await settle();
      assert.equal(collector.events('waiting').length, 0, 'one request in flight until the first answer');
      await leave();
      await waitFor('the waiting event', () => collector.accepted('waiting').length === 1);
      answer();
      await waitFor('the first answer', () => collector.accepted('page_view').length === 1);
    });
  }

  for (const status of [0, 429, 500, 503]) {
    test(`${status === 0 ? 'a cut connection' : `a ${status}`} is tried again with the same ids and a new time`, async () => {
      let refusals = 0;
      collector.answerWith(({ url }) => ({ status: url === '/ut/p' || refusals++ >= 2 ? 202 : status }));
      await open('/a');
      await waitFor('the accepted event', () => collector.accepted('page_view').length > 0);
      await settle();
      const sent = collector.requests.filter((request) => request.url === '/ut/e');
      // A cut connection may be tried again by the browser itself as well.
      assert.ok(status === 0 ? sent.length >= 2 : sent.length === 3, `${sent.length} attempts`);
      assert.equal(collector.accepted('page_view').length, 1);
      assert.equal(new Set(collector.events().map((event) => event.id)).size, 1);
      assert.equal(new Set(collector.events().map((event) => event.ts)).size, 1);
      assert.ok(Number(sent.at(-1)?.body.sent_at) > Number(sent[0]?.body.sent_at));
    });
  }

  test('while the browser is offline events wait; back online they go', async () => {
    await open('/a');
    await waitFor('the page view', () => collector.accepted('page_view').length === 1);
    await visit.context.setOffline(true);
    await page.evaluate(() => window.ut?.('offline_one'));
    await settle();
    await page.evaluate(() => window.ut?.('offline_two'));
    await settle();
    assert.equal(collector.events().length, 1);
    await visit.context.setOffline(false);
    await waitFor('both events', () => collector.accepted().length === 3);
    assert.deepEqual(
      collector.accepted().map((event) => event.name),
      ['page_view', 'offline_one', 'offline_two'],
    );
  });

  for (const status of [400, 401, 403, 404, 413]) {
    test(`a ${status} is final, and the next event is sent`, async () => {
      collector.answerWith(() => ({ status }));
      await stopClock();
      await open('/a');
      await page.clock.runFor(1_000);
      await pageViews(1);
      await settle();
      await page.clock.runFor(900_000);
      await settle();
      assert.equal(collector.events().length, 1);
      await page.evaluate(() => window.ut?.('next'));
      await page.clock.runFor(1_000);
      await waitFor('the next event', () => collector.events('next').length === 1);
      assert.equal(collector.events('page_view').length, 1);
    });
  }

  test('Retry-After is waited out, also when the page is hidden', async () => {
    collector.answerWith(({ url }) =>
      url === '/ut/p' ? { status: 204 } : { status: 503, headers: { 'Retry-After': '120' } },
    );
    await stopClock();
    await open('/a');
    await page.clock.runFor(1_000);
    await waitFor('the refusal', () => collector.requests.some((request) => request.status === 503));
    await settle();
    collector.answerWith(() => ({ status: 202 }));
    await page.clock.runFor(100_000);
    await setHidden(true);
    await settle();
    assert.equal(collector.events().length, 1);
    await page.clock.runFor(25_000);
    await waitFor('the second attempt', () => collector.accepted('page_view').length === 1);
  });

  test('at most 200 events wait, in requests of at most 20; the oldest go first', async () => {
    await open('/a');
    await waitFor('the page view', () => collector.accepted('page_view').length === 1);
    await visit.context.setOffline(true);
    await page.evaluate(() => {
      for (let step = 0; step < 250; step++) window.ut?.(`step_${step}`);
    });
    await settle();
    await visit.context.setOffline(false);
    await waitFor('200 events', () => collector.accepted().length === 201);
    await settle();
    const names = collector.accepted().map((event) => event.name);
    assert.deepEqual(
      names.slice(1),
      Array.from({ length: 200 }, (_, step) => `step_${step + 50}`),
    );
    assert.ok(collector.requests.every((request) => (request.body.events?.length ?? 0) <= 20));
  });

  test('an event too long to outlive the page is still sent', async () => {
    await open('/a');
    await page.evaluate(() => window.ut?.('long', { text: 'x'.repeat(100_000) }));
    await waitFor('the long event', () => collector.accepted('long').length === 1);
  });

  test('only fetch is used, never a beacon: outliving the page, with credentials and no query', async () => {
    const kinds = new Set<string>();
    page.on('request', (request) => {
      if (request.method() === 'POST') kinds.add(request.resourceType());
    });
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'sendBeacon', {
        value: () => {
          throw new Error('a beacon was sent');
        },
      });
    });
    await page.addInitScript(() => {
      const original = window.fetch.bind(window);
      window.fetch = (input, init) => {
        if (!init?.keepalive) throw new Error('a request would not outlive its page');
        return original(input, init);
      };
    });
    await visit.context.addCookies([{ name: '_ut_id', value: 'x', url: collector.url }]);
    await open('/a');
    await pageViews(1);
    await page.evaluate(() => window.ut?.('last'));
    await setHidden(true);
    await open('/b');
    await pageViews(2);
    assert.deepEqual([...kinds], ['fetch']);
    assert.deepEqual(visit.errors, []);
    for (const request of collector.requests) {
      assert.equal(request.headers.cookie, '_ut_id=x');
      assert.doesNotMatch(request.url, /\?/);
    }
  });
});

describe('heartbeats', () => {
  const beats = (count: number): Promise<unknown> =>
    waitFor(`${count} heartbeats`, () => collector.beats().length >= count);
  const exactly = async (count: number): Promise<void> => {
    await beats(count);
    await settle();
    assert.equal(collector.beats().length, count);
  };

  test('the first comes at once, the others every 15 s, with the page that is shown', async () => {
    await stopClock();
    await open('/a?token=s&x=1');
    await exactly(1);
    const [beat] = collector.beats();
    await page.clock.runFor(1_000);
    await pageViews(1);
    assert.deepEqual(beat?.body, {
      site: SITE_KEY,
      page_view: collector.events('page_view')[0]?.page_view,
      url: `${collector.url}/a`,
      consent: {},
    });
    await page.clock.runFor(13_900);
    await exactly(1);
    await page.clock.runFor(200);
    await exactly(2);
    await page.evaluate(() => {
      history.pushState(null, '', '/b');
    });
    await page.clock.runFor(45_000);
    await exactly(5);
    assert.equal(collector.beats().at(-1)?.body.url, `${collector.url}/b`);
  });

  test('they pause while the tab is hidden and after 10 minutes without input', async () => {
    await stopClock();
    await open('/a');
    await exactly(1);
    await setHidden(true);
    await page.clock.runFor(60_000);
    await exactly(1);
    await setHidden(false);
    await exactly(2);
    await page.clock.runFor(599_000);
    await exactly(41);
    await page.clock.runFor(120_000);
    await exactly(41);
    await page.keyboard.press('Shift');
    await exactly(42);
    await page.clock.runFor(15_100);
    await exactly(43);
  });

  test('a tab that is switched to and fro sends no more than one in 15 s', async () => {
    await stopClock();
    await open('/a');
    await exactly(1);
    for (let time = 0; time < 10; time++) {
      await setHidden(true);
      await setHidden(false);
    }
    await exactly(1);
  });

  test('the longest address stays below 1 KiB', async () => {
    await open(`/${'%C3%A4'.repeat(700)}?${'q'.repeat(3_000)}`);
    await beats(1);
    assert.ok((collector.beats()[0]?.text.length ?? Infinity) <= 1_024);
  });

  test('a heartbeat that fails is not sent again', async () => {
    collector.answerWith(({ url }) => ({ status: url === '/ut/p' ? 503 : 202 }));
    await stopClock();
    await open('/a');
    await exactly(1);
    await page.clock.runFor(14_000);
    await exactly(1);
  });
});

describe('the visitor’s will', () => {
  test('opted out before: nothing is sent at all', async () => {
    await page.addInitScript(() => {
      localStorage.setItem('ut_optout', '1');
    });
    await open('/a');
    await page.evaluate(() => window.ut?.('custom'));
    await page.evaluate(() => {
      history.pushState(null, '', '/b');
    });
    await settle();
    await page.goto('about:blank');
    await settle();
    assert.equal(collector.requests.length, 0);
  });

  test('opting out in an open tab stops everything, also what is waiting', async () => {
    await stopClock();
    await open('/a');
    await page.clock.runFor(1_000);
    await pageViews(1);
    await waitFor('the heartbeat', () => collector.beats().length === 1);
    await page.evaluate(() => {
      window.ut?.('waiting');
      localStorage.setItem('ut_optout', '1');
    });
    await page.clock.runFor(120_000);
    await page.goto('about:blank');
    await settle();
    assert.equal(collector.events().length, 1);
    assert.equal(collector.beats().length, 1);
  });

  test('Global Privacy Control goes along as denied marketing', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true });
    });
    await open('/a');
    await waitFor('event and heartbeat', () => collector.requests.length === 2);
    for (const request of collector.requests) {
      assert.deepEqual(request.body.consent, { marketing: false, personalization: false, source: 'gpc' });
    }
  });

  test('nothing is written to the device', async () => {
    await open('/a');
    await page.evaluate(() => window.ut?.('custom'));
    await waitFor('both events', () => collector.accepted().length === 2);
    const { cookies, origins } = await visit.context.storageState({ indexedDB: true });
    assert.deepEqual([cookies, origins], [[], []]);
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  });

  test('blocked storage stops nothing', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await open('/a');
    await pageViews(1);
    assert.deepEqual(visit.errors, []);
  });
});
