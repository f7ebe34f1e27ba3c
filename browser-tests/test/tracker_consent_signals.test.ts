// The built tracker in a real browser: what consent tools on the page say is handed on as they say it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MEASURED, NOTHING, choices, door, listening, servePages } from '../src/choosing_page.ts';
import {
  collector,
  everyTestOnItsOwnPage,
  open,
  page,
  pageViews,
  paths,
  settle,
} from '../src/tracked_page.ts';
import { waitFor } from '../src/wait.ts';

everyTestOnItsOwnPage();

/** What the server was told, without times; `dated` where one was said. */
const told = (): unknown[] =>
  choices().map(({ consent: { at, ...words } }) => (at === undefined ? words : { ...words, dated: true }));
const expect = async (...expected: unknown[]): Promise<void> => {
  await waitFor(`${expected.length} choices`, () => choices().length >= expected.length);
  await settle();
  assert.deepEqual(told(), expected);
};

/** A tool that keeps its listeners for the test to call, as `name.tell(...)`. */
const TOOL = (name: string): string => `<script>
  window.${name} = (...words) => { ${name}.asked.push(words.filter((word) => typeof word !== 'function'));
    ${name}.heard = words.find((word) => typeof word === 'function'); };
  ${name}.asked = [];
  ${name}.tell = (data, ok = true) => ${name}.heard(data, ok);
</script>`;

describe('TCF', () => {
  test('the raw string goes out, dated when the visitor has just chosen', async () => {
    await servePages('/tcf', 'data-cmp="tcf"', TOOL('__tcfapi'));
    collector.answerWith(door(MEASURED));
    await open('/tcf');
    await waitFor('it listens', () => page.evaluate('window.__tcfapi.heard !== undefined'));
    assert.deepEqual(await page.evaluate('__tcfapi.asked'), [['addEventListener', 2]]);
    await page.evaluate(`
      __tcfapi.tell(null, false);
      __tcfapi.tell({ eventStatus: 'cmpuishown', tcString: 'shown' });
      __tcfapi.tell({ eventStatus: 'tcloaded', gdprApplies: false, tcString: 'elsewhere' });
      __tcfapi.tell({ eventStatus: 'tcloaded', tcString: '' });
      __tcfapi.tell({ eventStatus: 'tcloaded', gdprApplies: true, tcString: 'loaded' });
      __tcfapi.tell({ eventStatus: 'tcloaded', gdprApplies: true, tcString: 'loaded' });
      __tcfapi.tell({ eventStatus: 'useractioncomplete', gdprApplies: true, tcString: 'loaded' });`);
    await expect({ source: 'tcf', tcf: 'loaded' }, { source: 'tcf', tcf: 'loaded', dated: true });
    // What the server made of it is what events say, never the string.
    const consent = await waitFor('an event after the answer', async () => {
      await page.evaluate(() => window.ut?.('after'));
      return collector.requests
        .map(({ body }) => body.consent)
        .find((said) => said['source'] && !said['tcf']);
    });
    assert.deepEqual(consent, { ...MEASURED, source: 'tcf', at: choices()[1]?.consent.at });
  });

  test('where consent is required, the page counts once the server has understood it', async () => {
    await servePages('/tcf', 'data-cmp="tcf" data-consent="required"', TOOL('__tcfapi'));
    collector.answerWith(door(() => (choices().at(-1)?.consent['tcf'] === 'yes' ? MEASURED : NOTHING)));
    await open('/tcf');
    await waitFor('it listens', () => page.evaluate('window.__tcfapi.heard !== undefined'));
    await page.evaluate(`__tcfapi.tell({ eventStatus: 'useractioncomplete', tcString: 'no' })`);
    await expect({ source: 'tcf', tcf: 'no', dated: true });
    assert.equal(collector.requests.length, 1);
    await page.evaluate(`__tcfapi.tell({ eventStatus: 'useractioncomplete', tcString: 'yes' })`);
    await pageViews(1);
    await page.evaluate(`__tcfapi.tell({ eventStatus: 'useractioncomplete', tcString: 'no' })`);
    await waitFor('the third', () => choices().length === 3);
    await settle();
    await page.evaluate(`history.pushState(null, '', '/tcf/next')`);
    await page.waitForTimeout(800);
    assert.deepEqual(paths(), ['/tcf']);
  });
});

describe('GPP', () => {
  test('the raw string goes out when it is ready, dated after the layer was shown', async () => {
    await servePages('/gpp', 'data-cmp="gpp"', TOOL('__gpp'));
    collector.answerWith(door(NOTHING));
    await open('/gpp');
    await waitFor('it listens', () => page.evaluate('window.__gpp.heard !== undefined'));
    assert.deepEqual(await page.evaluate('__gpp.asked'), [['addEventListener']]);
    // In the order of the specification's examples: loading, an old choice, then a new one.
    await page.evaluate(`
      const wait = { signalStatus: 'not ready', gppString: '' };
      const ready = (gppString) => ({ signalStatus: 'ready', gppString });
      __gpp.tell({ eventName: 'listenerRegistered', data: true, pingData: wait });
      __gpp.tell({ eventName: 'cmpStatus', data: 'loaded', pingData: wait });
      __gpp.tell({ eventName: 'signalStatus', data: 'ready', pingData: ready('old') });
      __gpp.tell({ eventName: 'sectionChange', data: 'usnat', pingData: ready('between') });
      __gpp.tell({ eventName: 'signalStatus', data: 'ready', pingData: ready('old') });
      __gpp.tell({ eventName: 'signalStatus', data: 'not ready', pingData: wait });
      __gpp.tell({ eventName: 'cmpDisplayStatus', data: 'visible', pingData: wait });
      __gpp.tell({ eventName: 'cmpDisplayStatus', data: 'hidden', pingData: wait });
      __gpp.tell({ eventName: 'sectionChange', data: 'usnat', pingData: wait });
      __gpp.tell({ eventName: 'signalStatus', data: 'ready', pingData: ready('new') });`);
    await expect({ source: 'gpp', gpp: 'old' }, { source: 'gpp', gpp: 'new', dated: true });
  });
});

const GTAG = `window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); }`;

describe('Google Consent Mode', () => {
  test('a default alone is no choice', async () => {
    await servePages(
      '/gcm',
      'data-cmp="gcm"',
      `<script>${GTAG}
      gtag('consent', 'default', { analytics_storage: 'granted', ad_storage: 'denied' });</script>`,
    );
    await open('/gcm');
    await pageViews(1);
    await page.evaluate(`gtag('consent', 'default', { analytics_storage: 'denied', region: ['DE'] });
      gtag('config', 'G-1'); dataLayer.push({ event: 'purchase' }, null, ['consent', 'update', null]);`);
    await settle();
    assert.deepEqual(choices(), []);
  });

  test('updates go out with what they leave standing, those that were there before as well', async () => {
    await servePages(
      '/gcm',
      'data-cmp="gcm"',
      `<script>${GTAG}
      gtag('consent', 'default', { analytics_storage: 'denied', ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied', wait_for_update: 500 });
      gtag('consent', 'default', { ad_user_data: 'granted', region: ['US'] });
      gtag('consent', 'update', { analytics_storage: 'granted' });</script>`,
    );
    collector.answerWith(door(MEASURED));
    await open('/gcm');
    const analytics = { analytics_storage: 'granted' };
    await expect({ source: 'gcm', gcm: analytics });
    // As an array, by the visitor's hand; what is pushed is still there, and counted by its length.
    await page.evaluate(`window.before = dataLayer.length; onclick = () => {
      window.length_ = dataLayer.push(['consent', 'update', { ad_storage: 'granted', functionality_storage: 'granted' }]); }`);
    await page.mouse.click(100, 100);
    const marketing = { ad_storage: 'granted', ad_user_data: 'denied' };
    await expect(
      { source: 'gcm', gcm: analytics },
      { source: 'gcm', gcm: { ...analytics, ...marketing }, dated: true },
    );
    assert.equal(await page.evaluate('length_ === before + 1 && dataLayer.length === length_'), true);
  });
});

test('auto hears the tools that are there, also those that come late, and no others', async () => {
  await servePages('/auto', 'data-cmp="auto"', TOOL('__tcfapi'));
  collector.answerWith(door(MEASURED));
  await open('/auto');
  await pageViews(1);
  await page.evaluate(
    `{ const code = ${JSON.stringify(TOOL('__gpp'))}.replace(/<.?script>/g, ''); (0, eval)(code); }`,
  );
  await waitFor('it listens', () => page.evaluate('__tcfapi.heard && __gpp.heard && true'));
  await page.evaluate(`
    __tcfapi.tell({ eventStatus: 'tcloaded', tcString: 'a' });
    __gpp.tell({ eventName: 'listenerRegistered', data: true, pingData: { signalStatus: 'ready', gppString: 'b' } });`);
  await expect({ source: 'tcf', tcf: 'a' }, { source: 'gpp', gpp: 'b' });
  // There is a data layer, for the shop's own words; nobody has said any.
  assert.equal(await page.evaluate('JSON.stringify(dataLayer)'), '[]');
});

test('who opted out is told of by no tool', async () => {
  await servePages('/out', 'data-cmp="tcf gcm"', TOOL('__tcfapi'));
  await page.addInitScript(() => {
    localStorage.setItem('ut_optout', '1');
  });
  await open('/out');
  await waitFor('it listens', () => page.evaluate('window.__tcfapi.heard !== undefined'));
  await page.evaluate(`__tcfapi.tell({ eventStatus: 'useractioncomplete', tcString: 'a' })`);
  await settle();
  assert.deepEqual(collector.requests, []);
});

test('a page that names no tool fetches nothing for them', async () => {
  await servePages('/none', '', TOOL('__tcfapi'));
  const asked = listening();
  await open('/none');
  await pageViews(1);
  await settle();
  assert.deepEqual(
    [asked.filter((path) => path.includes('choice')), await page.evaluate('__tcfapi.asked')],
    [[], []],
  );
});
