// The built tracker in a real browser: what is a page view, and what the shop itself says.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SITE_KEY } from '../src/collector.ts';
import {
  collector,
  everyTestOnItsOwnPage,
  open,
  page,
  pageViews,
  paths,
  settle,
  stopClock,
} from '../src/tracked_page.ts';
import { waitFor } from '../src/wait.ts';
import type {} from '../../tracker/src/api.ts';

everyTestOnItsOwnPage();

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
    await pageViews(2);
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
    await stopClock();
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
    await page.clock.runFor(1_000);
    await waitFor('five events', () => collector.events().length === 5);
    const [view, add, engagement, nextView, viewItem] = collector.events();
    assert.deepEqual(
      collector.events().map((event) => [event.name, event.seq]),
      [
        ['page_view', 1],
        ['add_to_cart', 2],
        ['engagement', 3],
        ['page_view', 1],
        ['view_item', 2],
      ],
    );
    assert.equal(add?.page_view, view?.page_view);
    assert.equal(engagement?.page_view, view?.page_view);
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
