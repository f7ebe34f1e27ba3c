// The built dashboard in a real browser, under the content security policy the server sends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DESK, launch, layoutShift, open, PHONE, type Opened } from './open.ts';

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
});

async function opened(how: Parameters<typeof open>[1], body: (at: Opened) => Promise<void>): Promise<void> {
  const at = await open(browser, how);
  at.page.setDefaultTimeout(10_000);
  try {
    await body(at);
    assert.deepEqual(at.faults, [], 'errors, alerts or policy violations');
  } finally {
    await at.close();
  }
}

const ready = (page: Page) => page.locator('.bar-fill').first().waitFor();
const path = (page: Page) =>
  new URL(page.url()).pathname + new URL(page.url()).search + new URL(page.url()).hash;
interface Asked {
  queries: {
    dimensions: string[];
    date_range: unknown;
    filters?: unknown;
    compare?: string;
    limit?: number;
  }[];
}
/** What the screen has asked of the reports, request by request. */
const asked = (at: Pick<Opened, 'server'>): Asked['queries'][] =>
  at.server.log.flatMap((entry) =>
    entry.path === '/api/v1/q' && entry.body ? [(entry.body as Asked).queries] : [],
  );
const told = (at: Pick<Opened, 'server'>) => asked(at).at(-1) ?? [];
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(what);
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function axe(page: Page): Promise<string[]> {
  // By evaluation, which the policy does not govern; a script tag would rightly be refused.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Node = { target: string[]; failureSummary?: string };
    type Run = () => Promise<{ violations: { id: string; nodes: Node[] }[] }>;
    const { violations } = await (globalThis as unknown as { axe: { run: Run } }).axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ') ?? ''} ${nodes[0]?.failureSummary ?? ''}`,
    );
  });
}

test('figures, chart, pages and live strip are there, and nothing moved while they came', async () => {
  for (const viewport of [DESK, PHONE]) {
    await opened({ scenario: 'full', viewport }, async ({ page }) => {
      await ready(page);
      await page.locator('.chart canvas').waitFor();
      await page.locator('.feed-line').first().waitFor();
      assert.match((await page.locator('.live-number').textContent()) ?? '', /^\d+$/);
      assert.match((await page.locator('.tile-value').first().textContent()) ?? '', /^[\d,]+$/);
      assert.ok((await layoutShift(page)) < 0.001, `layout shift ${await layoutShift(page)}`);
    });
  }
});

test('no page is wider than its screen', async () => {
  const pages: [string, string, string][] = [
    ['full', '/', '.bar-fill'],
    ['hostile', '/', '.bar-fill'],
    ['empty', '/', '.steps'],
    ['error', '/', '.failure'],
    ['signed-out', '/login', '.form'],
    ['setup', '/setup#t', '.form'],
  ];
  for (const [scenario, at, selector] of pages) {
    for (const width of [320, 390, 768, 1024, 1440]) {
      await opened({ scenario, path: at, viewport: { width, height: 844 } }, async ({ page }) => {
        await page.locator(selector).first().waitFor();
        // Not innerWidth: a phone's grows with what overflows.
        const wide = (await page.evaluate(() => document.documentElement.scrollWidth)) - width;
        assert.ok(wide <= 0, `${scenario} at ${width}: ${wide} px too wide`);
      });
    }
  }
});

test('axe finds nothing, in both themes', async () => {
  const pages: [string, string, string][] = [
    ['full', '/', '.bar-fill'],
    ['empty', '/', '.steps'],
    ['error', '/', '.failure'],
    ['signed-out', '/login', '.form'],
    ['setup', '/setup#t', '.form'],
  ];
  for (const [scenario, at, selector] of pages) {
    for (const dark of [false, true]) {
      await opened({ scenario, path: at, dark, still: true }, async ({ page }) => {
        await page.locator(selector).first().waitFor();
        assert.deepEqual(await axe(page), [], `${scenario}, ${dark ? 'dark' : 'light'}`);
        if (scenario !== 'full') return;
        const looks = async (what: string) => {
          assert.deepEqual(await axe(page), [], `${what}, ${dark ? 'dark' : 'light'}`);
        };
        await page.getByRole('button', { name: 'Table', exact: true }).click();
        await page.keyboard.press('x');
        await page
          .locator('.line-name')
          .first()
          .click({ modifiers: ['Shift'] });
        await page.locator('.line-name').nth(3).click();
        await page.locator('[data-pending="true"]').first().waitFor({ state: 'detached' });
        await looks('filtered and compared');
        await page.getByRole('button', { name: 'Period: ' }).click();
        await looks('menu');
        await page.keyboard.press('Escape');
        for (const key of ['?', 'c', 'f', '/']) {
          await page.keyboard.press(key);
          await page.getByRole('dialog').waitFor();
          await looks(`dialog of ${key}`);
          await page.keyboard.press('Escape');
          await page.getByRole('dialog').waitFor({ state: 'detached' });
        }
        await page.getByRole('button', { name: 'More Pages' }).click();
        await page.locator('.more-table .line-name').first().waitFor();
        await looks('more');
      });
    }
  }
});

test('everything to tap on a phone is 44 px high', async () => {
  for (const [scenario, at, selector] of [
    ['full', '/', '.bar-fill'],
    ['signed-out', '/login', '.form'],
  ] as const) {
    await opened({ scenario, path: at, viewport: PHONE }, async ({ page }) => {
      await page.locator(selector).first().waitFor();
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('button, select, input, a')]
          .map((target) => ({
            what: target.className || target.tagName,
            height: target.getBoundingClientRect().height,
          }))
          .filter(({ height }) => height > 0 && height < 44),
      );
      assert.deepEqual(small, []);
    });
  }
});

test('hostile names are text', async () => {
  await opened({ scenario: 'hostile' }, async ({ page }) => {
    await ready(page);
    await page.locator('.feed-line').first().waitFor();
    const text = await region(page, 'Pages').innerText();
    assert.ok(text.includes('/<img src=x onerror=alert(document.domain)>'));
    assert.ok(text.includes('\\u202e'), 'direction marks are visible');
    assert.equal(await page.locator('main img, main script').count(), 0);
  });
});

test('keys and tiles change the view and the address; back returns', async () => {
  await opened({ scenario: 'full' }, async ({ page, server }) => {
    await ready(page);
    await page.keyboard.press('t');
    await eventually('30 days', () => path(page) === '/?p=30d&m=visitors');
    await page.getByRole('button', { name: 'Page views' }).click();
    assert.equal(path(page), '/?p=30d&m=page_views');
    for (const [key, range] of Object.entries({
      d: 'day',
      e: 'yesterday',
      m: 'month',
      y: 'year',
      a: 'all',
      l: '12mo',
      w: '7d',
    })) {
      await page.keyboard.press(key);
      assert.equal(path(page), `/?p=${range}&m=page_views`);
    }
    await page.goBack();
    await eventually('12 months', () => told({ server })[0]?.date_range === '12mo');
    assert.match(path(page), /p=12mo/);
    // With a modifier the key belongs to the browser.
    await page.keyboard.press('Control+d');
    assert.match(path(page), /p=12mo/);
    await page.keyboard.press('x');
    assert.match(path(page), /cmp=previous/);
    await page.getByText(/^compared with /).waitFor();
    await page.keyboard.press('x');
    assert.doesNotMatch(path(page), /cmp/);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('d');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.match(path(page), /p=12mo/, 'a key pressed in the dialog stays there');
  });
});

test('one request asks for the chart and all cards; a card’s other ranking alone', async () => {
  await opened({ scenario: 'full' }, async ({ page, server }) => {
    await ready(page);
    assert.deepEqual(
      asked({ server })[0]?.map(({ dimensions }) => dimensions[0]),
      ['time:day', 'page', 'source', 'country', 'device_type'],
    );
    const before = asked({ server }).length;
    await page.getByRole('button', { name: 'Channels' }).click();
    await page.getByRole('rowheader', { name: 'Organic Search' }).waitFor();
    const since = asked({ server }).slice(before);
    assert.ok(since.some((queries) => queries.length === 1 && queries[0]?.dimensions[0] === 'channel'));
    assert.match(path(page), /cards=channel$/);
  });
});

test('a line is a filter; chips turn round and go; everything obeys, and so does the address', async () => {
  await opened({ scenario: 'full' }, async ({ page, server }) => {
    await ready(page);
    const filters = () => told({ server }).map((query) => JSON.stringify(query.filters ?? null));
    await page.getByRole('button', { name: 'Germany' }).click();
    await page.getByRole('button', { name: 'Country is Germany', exact: true }).waitFor();
    await eventually(
      'all ask for Germany',
      () => filters().length > 1 && filters().every((text) => text.includes('["is","country",["DE"]]')),
    );
    await page.getByRole('button', { name: 'instagram' }).click({ modifiers: ['Shift'] });
    await eventually('without instagram', () =>
      filters().every((text) => text.includes('["is_not","source",["instagram"]]')),
    );
    assert.equal(path(page), '/?p=7d&m=visitors&f=is:country:DE&f=is_not:source:instagram');
    await page.getByRole('button', { name: 'Country is Germany', exact: true }).click();
    await eventually('turned round', () => path(page).includes('f=is_not:country:DE'));
    await page.getByRole('button', { name: 'Remove: Source is not instagram' }).click();
    assert.equal(path(page), '/?p=7d&m=visitors&f=is_not:country:DE');
    await page.goBack();
    await page.goBack();
    assert.equal(path(page), '/?p=7d&m=visitors&f=is:country:DE&f=is_not:source:instagram');
    await page.reload();
    await ready(page);
    assert.equal(await page.locator('.chip').count(), 2, 'a link shows the same');
    await page.getByRole('button', { name: 'Remove all' }).click();
    assert.equal(await page.locator('.chip').count(), 0);
  });
});

test('the chooser offers values, takes several, and says what is wrong', async () => {
  await opened({ scenario: 'full' }, async ({ page }) => {
    await ready(page);
    await page.keyboard.press('f');
    const dialog = page.getByRole('dialog', { name: 'Add filter' });
    await dialog.getByLabel('Filter by').selectOption('country');
    await dialog.getByLabel('Germany').check();
    await dialog.getByLabel('France').check();
    await dialog.getByRole('button', { name: 'Add filter' }).click();
    assert.match(path(page), /f=is:country:DE,FR$/);
    await page.keyboard.press('f');
    await dialog.getByLabel('Condition').selectOption('contains_not');
    await dialog.getByRole('button', { name: 'Add filter' }).click();
    await dialog.getByText('Choose or write a value.').waitFor();
    await dialog.getByLabel('Value').fill('/p/');
    await page.keyboard.press('Enter');
    await eventually('written', () => path(page).endsWith('f=is:country:DE,FR&f=contains_not:page:/p/'));
  });
});

test('search finds what the cards are made of; Enter filters, by keyboard alone', async () => {
  await opened({ scenario: 'full' }, async ({ page }) => {
    await ready(page);
    await page.keyboard.press('/');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('germ');
    await page.keyboard.press('Enter');
    await eventually('filtered', () => path(page).endsWith('f=is:country:DE'));
    assert.equal(await page.getByRole('dialog').count(), 0);
  });
});

test('the period menu works by keyboard and on a phone; dates are checked', async () => {
  await opened({ scenario: 'full', viewport: PHONE }, async ({ page }) => {
    await ready(page);
    const button = page.getByRole('button', { name: 'Period: ' });
    await button.tap();
    const box = await page.getByRole('menu', { name: 'Period' }).boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= PHONE.width, JSON.stringify(box));
    await page.getByRole('menuitemradio', { name: 'Yesterday' }).tap();
    assert.match(path(page), /p=yesterday/);
    await button.press('ArrowDown');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Custom range' });
    await dialog.getByLabel('First day').fill('2026-11-05');
    await dialog.getByLabel('Last day').fill('2026-11-01');
    await dialog.getByRole('button', { name: 'Show these days' }).click();
    await dialog.getByText('The first day is after the last.').waitFor();
    await dialog.getByLabel('Last day').fill('2026-11-09');
    await dialog.getByRole('button', { name: 'Show these days' }).click();
    assert.match(path(page), /p=custom&from=2026-11-05&to=2026-11-09/);
    await page.getByRole('heading', { name: '5 – 9 Nov 2026' }).waitFor();
    await button.press('ArrowDown');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('menu').count(), 0);
    assert.ok(await button.evaluate((it) => it === document.activeElement), 'the focus is back');
  });
});

test('more opens the long list: search, order, and as a file', async () => {
  await opened({ scenario: 'full' }, async ({ page, server }) => {
    await ready(page);
    await page.getByRole('button', { name: 'More Pages' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pages' });
    await eventually('all lines', async () => (await dialog.locator('tbody tr').count()) > 50);
    assert.equal(told({ server })[0]?.limit, 1000);
    await dialog.getByRole('button', { name: 'Page', exact: true }).click();
    await eventually(
      'by name',
      async () =>
        (await dialog.locator('tbody th').first().innerText()) === '/' &&
        (await dialog.locator('th[aria-sort="ascending"]').count()) === 1,
    );
    await dialog.getByLabel('Search pages').fill('merino');
    assert.equal(await dialog.locator('tbody tr').count(), 1);
    const file = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'CSV' }).click();
    const name = (await file).suggestedFilename();
    assert.match(name, /^wool-and-weather\.example-pages-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
    await dialog.getByRole('button', { name: '/products/merino-beanie' }).click();
    assert.match(path(page), /f=is:page:\/products\/merino-beanie$/);
    assert.equal(await page.getByRole('dialog').count(), 0);
  });
});

test('chart and cards come as files, and a hostile name is no formula in them', async () => {
  await opened({ scenario: 'full', path: '/?cmp=previous' }, async ({ page }) => {
    await ready(page);
    for (const [button, start] of [
      ['Chart as CSV file', '\ufeffDay,Visitors,Sessions,'],
      ['Sources as CSV file', '\ufeffSource,Visitors,Sessions,'],
    ] as const) {
      const file = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      const text = readFileSync(await (await file).path(), 'utf8');
      assert.ok(text.startsWith(start), text.slice(0, 80));
      assert.match(text.split('\r\n')[0] ?? '', /Visitors before/);
    }
  });
});

test('one refused question leaves the others answered', async () => {
  await opened({ scenario: 'partial' }, async ({ page }) => {
    await ready(page);
    await region(page, 'Places').getByText('country is not known').waitFor();
    assert.equal(await page.locator('.failure').count(), 1);
    assert.ok((await region(page, 'Sources').locator('.bar-fill').count()) > 3);
  });
});

test('filters that find nothing, or that cannot be read, say so and can be removed', async () => {
  await opened({ scenario: 'nothing', path: '/?f=is:country:DE' }, async ({ page }) => {
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    await page.getByRole('button', { name: 'Remove the filters' }).click();
    await ready(page);
    assert.equal(path(page), '/?p=7d&m=visitors');
  });
  await opened({ scenario: 'full', path: '/?f=matches:page:(' }, async ({ page }) => {
    await page.getByText('is no regular expression').waitFor();
    assert.equal(await page.locator('.failure').count(), 1, 'said once');
    await page.getByRole('button', { name: /^Remove: / }).click();
    await ready(page);
  });
});

test('the chart can be read with the keyboard and as a table', async () => {
  await opened({ scenario: 'full' }, async ({ page }) => {
    await ready(page);
    await page.locator('.chart').focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('.chart-tip').waitFor();
    const today = await page.locator('.chart [aria-live]').textContent();
    assert.match(today ?? '', /so far/);
    await page.keyboard.press('Home');
    await eventually(
      'another point',
      async () => (await page.locator('.chart [aria-live]').textContent()) !== today,
    );
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    assert.equal(await page.locator('.table tbody tr').count(), 7);
    assert.match(
      (await page.locator('#trend-summary').textContent()) ?? '',
      /^Highest .+ lowest .+ Today so far/,
    );
  });
});

test('a card shows another of its rankings, by words people use', async () => {
  await opened({ scenario: 'full' }, async ({ page, server }) => {
    await ready(page);
    await page.getByRole('rowheader', { name: 'Mobile', exact: true }).waitFor();
    await page.getByRole('rowheader', { name: 'Germany' }).waitFor();
    assert.ok(
      !asked({ server })
        .flat()
        .some(({ dimensions }) => dimensions[0] === 'language'),
      'not before it is looked at',
    );
    await page.getByRole('button', { name: 'Languages' }).click();
    await page.getByRole('rowheader', { name: 'German (Germany)' }).waitFor();
    assert.equal(await page.getByRole('rowheader', { name: 'France', exact: true }).count(), 0);
  });
});

test('live activity refreshes the reports without a flicker, at most every 3 s', async () => {
  await opened({ scenario: 'full' }, async (at) => {
    await ready(at.page);
    await at.page.evaluate(() => {
      const canvas = document.querySelector('.chart canvas');
      Object.assign(globalThis, { canvas });
    });
    const before = asked(at).length;
    const start = Date.now();
    await eventually('two refreshes', () => asked(at).length >= before + 2);
    assert.ok(Date.now() - start > 2_500, 'throttled');
    assert.equal(await at.page.locator('.bone').count(), 0);
    const same = await at.page.evaluate(
      () => (globalThis as unknown as { canvas: Element }).canvas === document.querySelector('.chart canvas'),
    );
    assert.ok(same, 'the chart was not built anew');
  });
});

test('a new site learns how to begin, until its first event', async () => {
  await opened({ scenario: 'empty' }, async ({ page, server, context }) => {
    await page.getByRole('heading', { name: 'Connect wool-and-weather.example' }).waitFor();
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(
      await page.evaluate(() => navigator.clipboard.readText()),
      '<script defer src="/ut/ut.js" data-site="pk_4f8c1d2e9a7b"></script>',
    );
    await context.clearPermissions();
    server.setScenario('full');
    await ready(page);
    assert.equal(await page.locator('.steps').count(), 0);
  });
});

test('a quiet period of a known site is an empty chart, not a lesson', async () => {
  await opened({ scenario: 'quiet' }, async ({ page }) => {
    await page.locator('.chart canvas').waitFor();
    await page.getByText('No visitors in this period.').waitFor();
    assert.equal(await page.locator('.steps').count(), 0);
  });
});

test('a failed report says why and can be tried again', async () => {
  await opened({ scenario: 'error' }, async ({ page, server }) => {
    await page.getByText('The history store is not open yet.').first().waitFor();
    server.setScenario('full');
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.locator('.chart canvas').waitFor();
  });
});

test('figures stay when a refresh fails', async () => {
  await opened({ scenario: 'full' }, async ({ page, server }) => {
    await ready(page);
    server.setScenario('error');
    await page.getByText('Could not refresh.').first().waitFor();
    assert.equal(await region(page, 'Pages').locator('.bar-fill').count(), 8);
    server.setScenario('full');
    await page.getByText('Could not refresh.').first().waitFor({ state: 'detached' });
  });
});

test('a lost live stream is said, and taken up again', async () => {
  await opened({ scenario: 'lost' }, async ({ page, server }) => {
    await page.getByText('Reconnecting…').waitFor();
    server.setScenario('full');
    await page.getByText('Reconnecting…').waitFor({ state: 'detached' });
  });
});

test('a server that is starting is asked again by itself', async () => {
  await opened({ scenario: 'down' }, async ({ page, server }) => {
    await page.getByText('The server is opening its stores.').waitFor();
    server.setScenario('full');
    await ready(page);
  });
});

test('signed out: to the login and back to the same view', async () => {
  await opened({ scenario: 'signed-out', path: '/?p=30d&m=sessions' }, async ({ page, server }) => {
    await page.getByLabel('E-mail').fill('owner@shop.example');
    assert.equal(path(page), '/login?p=30d&m=sessions');
    const asked = server.log.map((entry) => entry.path).filter((it) => /\/(me|sites)$/.test(it));
    assert.deepEqual(asked, ['/api/v1/me'], 'one refusal is enough');
    await page.getByLabel('Password', { exact: true }).fill('wrong password');
    await page.keyboard.press('Enter');
    await page.getByText('E-mail and password do not match.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await page.keyboard.press('Enter');
    await ready(page);
    assert.equal(path(page), '/?p=30d&m=sessions');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('E-mail').waitFor();
    const out = server.log.find((entry) => entry.path === '/logout');
    assert.equal(out?.csrf, 'csrf-token');
  });
});

test('set-up: the token leaves the address, the form is checked, the account is made', async () => {
  await opened({ scenario: 'setup', path: '/setup#tok-123' }, async ({ page, server }) => {
    await page.getByLabel('E-mail').fill('taken@shop.example');
    assert.equal(path(page), '/setup');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByLabel('Repeat the password', { exact: true }).fill('other');
    await page.keyboard.press('Enter');
    await page.getByText('At least 12 characters; this has 5.').waitFor();
    await page.getByText('The two passwords differ.').waitFor();
    assert.equal(server.log.filter(({ method }) => method === 'POST').length, 0, 'nothing was sent');
    await page.getByLabel('Password', { exact: true }).fill('twelve characters');
    await page.getByLabel('Repeat the password', { exact: true }).fill('twelve characters');
    await page.keyboard.press('Enter');
    await page.getByText('This address belongs to another account.').waitFor();
    await page.getByLabel('E-mail').fill('owner@shop.example');
    await page.keyboard.press('Enter');
    await ready(page);
    const sent = server.log.filter((entry) => entry.path === '/setup' && entry.method === 'POST').at(-1);
    assert.deepEqual(sent?.body, {
      token: 'tok-123',
      email: 'owner@shop.example',
      password: 'twelve characters',
    });
  });
});

test('a sign-in link signs in; a used one says so', async () => {
  await opened({ scenario: 'demo', path: '/setup#good' }, async ({ page, server }) => {
    await ready(page);
    assert.equal(path(page), '/');
    assert.deepEqual(server.log.find(({ method }) => method === 'POST')?.body, { token: 'good' });
  });
  await opened({ scenario: 'demo', path: '/setup#spent' }, async ({ page }) => {
    await page.getByText('This link is used up').waitFor();
    await page.getByText('Start the demo again for a new link.').waitFor();
    assert.equal(path(page), '/setup');
  });
});

test('several sites: the switch goes into the address', async () => {
  await opened({ scenario: 'hostile' }, async ({ page, server }) => {
    await ready(page);
    await page.getByLabel('Site').selectOption({ label: 'shop.example' });
    await eventually('site 2', () =>
      server.log.some((entry) => entry.path.startsWith('/presence/stream?site=2')),
    );
    assert.equal(path(page), '/?site=2&p=7d&m=visitors');
    await page.getByText('America/New_York').waitFor();
  });
});

test('the theme goes round and survives a reload', async () => {
  await opened({ scenario: 'full', dark: true }, async ({ page }) => {
    await ready(page);
    const ground = () =>
      page.evaluate(() => getComputedStyle(document.body.parentElement ?? document.body).backgroundColor);
    assert.equal(await ground(), 'rgb(11, 14, 19)');
    await page.getByRole('button', { name: 'Theme: auto. Switch to light.' }).click();
    assert.equal(await ground(), 'rgb(246, 247, 249)');
    await page.reload();
    await ready(page);
    assert.equal(await ground(), 'rgb(246, 247, 249)');
    await page.getByRole('button', { name: 'Theme: light. Switch to dark.' }).click();
    assert.equal(await ground(), 'rgb(11, 14, 19)');
  });
});

test('with reduced motion nothing is animated', async () => {
  await opened({ scenario: 'full', still: true }, async ({ page }) => {
    await ready(page);
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  });
});
