// Every mode with every choice, made in every way, on the real server and in a real browser: cookies, storage, what is
// sent and what is stored are as the table in docs/privacy.md says.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import { startShop } from '../src/proxied_shop.ts';
import type { Shop } from '../src/proxied_shop.ts';
import { reportsOf } from '../src/reports.ts';
import type { Reports } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { tcString } from '../src/tc_string.ts';
import { waitFor } from '../src/wait.ts';

const CHOICES = ['none', 'grant', 'deny', 'withdraw', 'gpc', 'opt-out'] as const;
type Choice = (typeof CHOICES)[number];
const WAYS = ['api', 'gcm', 'tcf'] as const;
type Way = (typeof WAYS)[number];
/** In which ways a choice is made. To say nothing there is one way, on a page that has them all. */
const waysOf = (choice: Choice): readonly Way[] =>
  ['grant', 'deny', 'withdraw'].includes(choice) ? WAYS : ['api'];

/** What is stored of a page that is shown after the choice: the axes (analytics, marketing, personalization) and how the visitor is known. */
const NOTHING = 'nothing';
const HASH = '000 cookieless';
const STORED: Record<string, Record<Choice, string>> = {
  strict: {
    none: NOTHING,
    grant: '111 cookie',
    deny: NOTHING,
    withdraw: NOTHING,
    gpc: NOTHING,
    'opt-out': NOTHING,
  },
  cookieless: { none: HASH, grant: '111 cookie', deny: HASH, withdraw: HASH, gpc: HASH, 'opt-out': NOTHING },
  cnil: {
    none: '100 cookie',
    grant: '100 cookie',
    deny: NOTHING,
    withdraw: NOTHING,
    gpc: '100 cookie',
    'opt-out': NOTHING,
  },
  analytics: {
    none: '100 cookie',
    grant: '111 cookie',
    deny: HASH,
    withdraw: HASH,
    gpc: '100 cookie',
    'opt-out': NOTHING,
  },
  full: {
    none: '111 cookie',
    grant: '111 cookie',
    deny: HASH,
    withdraw: HASH,
    gpc: '100 cookie',
    'opt-out': NOTHING,
  },
};

/** The cookies that are left. */
function cookies(mode: string, choice: Choice): string[] {
  if (choice === 'grant') return ['_ut_c', '_ut_id'];
  if (choice !== 'none' && choice !== 'gpc') return ['_ut_c'];
  return mode === 'strict' || mode === 'cookieless' ? [] : ['_ut_id'];
}

let server: Server;
let shop: Shop;
let reports: Reports;
let browser: Browser;
let key = '';

/** A page of the shop; a consent platform is on it from the start, and says what the test tells it to. */
function html(path: string): string | null {
  if (!path.startsWith('/m/')) return null;
  const required = path.startsWith('/m/strict/') ? ' data-consent="required"' : '';
  return `<!doctype html><html lang="en"><head><title>${path}</title><script>
    window.dataLayer = window.dataLayer || [];
    function gtag() { dataLayer.push(arguments); }
    gtag('consent', 'default', { ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied', analytics_storage: 'denied' });
    window.heard = [];
    window.__tcfapi = (command, version, heard) => { window.heard.push(heard); heard({ eventStatus: 'cmpuishown', gdprApplies: true, tcString: '' }, true); };
    </script><script defer src="/ut/ut.js" data-site="${key}" data-cmp="gcm tcf"${required}></script></head>
    <body><h1>${path}</h1></body></html>`;
}

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('demo')]);
  shop = await startShop(server.url, html);
  reports = await reportsOf(server, 'localhost');
  await reports.settled();
  const site = await server.command<{ key: string }>('site', 'show', 'localhost');
  key = site.key;
});
after(async () => {
  await browser.close();
  await shop.close();
  await server.stop();
});

/** Says yes or no to everything. */
async function say(page: Page, way: Way, yes: boolean): Promise<void> {
  const answered = page.waitForResponse((response) => response.url().endsWith('/ut/consent'));
  if (way === 'api') {
    await page.evaluate((all) => {
      void window.ut?.consent?.({ analytics: all, marketing: all, personalization: all });
    }, yes);
  } else if (way === 'gcm') {
    await page.evaluate(
      (word) => {
        const { dataLayer } = window as unknown as { dataLayer: unknown[] };
        const all = {
          ad_storage: word,
          ad_user_data: word,
          ad_personalization: word,
          analytics_storage: word,
        };
        dataLayer.push(['consent', 'update', all]);
      },
      yes ? 'granted' : 'denied',
    );
  } else {
    await page.evaluate((text) => {
      const { heard } = window as unknown as { heard: ((data: object, ok: boolean) => void)[] };
      for (const hear of heard)
        hear({ eventStatus: 'useractioncomplete', gdprApplies: true, tcString: text }, true);
    }, tcString(yes));
  }
  assert.equal((await answered).status(), 200);
}

interface Left {
  cookies: string[];
  storage: string[];
  sent: string[];
}

/** Two pages, with a choice on the first of them; what is left in the browser, and what was sent of the second. */
async function visit(mode: string, choice: Choice, way: Way): Promise<Left> {
  const gpc = choice === 'gpc';
  const opened = await newPage(browser, gpc ? { extraHTTPHeaders: { 'Sec-GPC': '1' } } : {});
  const { page, context } = opened;
  if (gpc) {
    await context.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true });
    });
  }
  const sent: string[] = [];
  const path = `/m/${mode}/${choice}/${way}`;
  await page.goto(`${shop.url}${path}/first`);
  await page.waitForFunction(
    () => (window as { heard?: unknown[] }).heard?.length || !document.querySelector('[data-cmp]'),
  );
  await page.waitForTimeout(600);
  if (choice === 'opt-out') {
    const answered = page.waitForResponse((response) => response.url().endsWith('/ut/opt-out'));
    await page.evaluate(() => window.ut?.optOut?.());
    assert.equal((await answered).status(), 200);
  } else if (choice === 'deny') {
    await say(page, way, false);
  } else if (choice === 'grant' || choice === 'withdraw') {
    await say(page, way, true);
    if (choice === 'withdraw') await say(page, way, false);
  }
  // What is underway of the first page belongs to it.
  await page.waitForTimeout(500);
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
  });
  await page.goto(`${shop.url}${path}`);
  await page.waitForTimeout(800);
  const storage = await page.evaluate(() => Object.keys(localStorage).concat(Object.keys(sessionStorage)));
  const state = await context.cookies();
  await opened.close();
  return { cookies: state.map(({ name }) => name).toSorted(), storage, sent };
}

/** What is stored of each page. */
async function stored(): Promise<Map<string, string>> {
  await reports.settled();
  const response = await fetch(`${server.url}/api/v1/export/events?site=localhost&format=ndjson`, {
    headers: { authorization: `Bearer ${reports.token}` },
  });
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const views = rows.filter((row) => row['name'] === 'page_view');
  const axes = ['analytics', 'marketing', 'personalization'];
  return new Map(
    views.map((row) => {
      const bits = axes.map((axis) => Number(row[`consent_${axis}`])).join('');
      return [String(row['page']), `${bits} ${String(row['identity'])}`];
    }),
  );
}

for (const [mode, expected] of Object.entries(STORED)) {
  test(`${mode}: every choice, made in every way`, async () => {
    await server.command('site', 'set', 'localhost', '--consent-mode', mode);
    const visits = CHOICES.flatMap((choice) => waysOf(choice).map((way) => [choice, way] as const));
    const left = new Map<string, Left>();
    // A few browsers at a time.
    const hands = Array.from({ length: 4 }, async () => {
      for (let next = visits.shift(); next; next = visits.shift()) {
        const [choice, way] = next;
        left.set(`/m/${mode}/${choice}/${way}`, await visit(mode, choice, way));
      }
    });
    await Promise.all(hands);
    const wanted = CHOICES.flatMap((choice) =>
      waysOf(choice).map((way) => [choice, `/m/${mode}/${choice}/${way}`] as const),
    );
    const many = wanted.filter(([choice]) => expected[choice] !== NOTHING).length;
    const rows = await waitFor('all pages are stored', async () => {
      const rows = await stored();
      return wanted.filter(([, path]) => rows.has(path)).length >= many ? rows : null;
    });
    for (const [choice, path] of wanted) {
      const { cookies: kept, storage, sent } = left.get(path) as Left;
      assert.equal(rows.get(path) ?? NOTHING, expected[choice], `${path}: what is stored`);
      assert.deepEqual(kept, cookies(mode, choice), `${path}: cookies`);
      assert.deepEqual(storage, choice === 'opt-out' ? ['ut_optout'] : [], `${path}: storage`);
      // Where the script cannot know that nothing is wanted, the server refuses it; else nothing leaves the browser.
      const silent = choice === 'opt-out' || (mode === 'strict' && choice !== 'grant');
      if (silent) assert.deepEqual(sent, [], `${path}: nothing is sent`);
      const before = rows.get(`${path}/first`) ?? NOTHING;
      if (mode === 'strict' && choice !== 'grant' && choice !== 'withdraw')
        assert.equal(before, NOTHING, path);
    }
  });
}
