// The pages beside the overview, built, in a real browser, against made-up answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESK, layoutShift, open, PHONE, type Opened } from './open.ts';
import { axe, browser, eventually, opened } from './steps.ts';

/** What is there once a page is full. */
const READY: Record<string, string> = {
  '/realtime': '.feed-line',
  '/performance': '.vital-samples',
  '/privacy': '.receipt-when',
  '/settings': '.settings-form',
};
/** And without visitors or measurements. */
const EMPTY: Record<string, string> = {
  ...READY,
  '/realtime': '.realtime-empty',
  '/performance': '.steps',
  '/privacy': '.receipts-none',
};
const posted = (at: Opened, method: string, start: string) =>
  at.server.log.filter((entry) => entry.method === method && entry.path.startsWith(start));

test('the navigation leads from page to page, by keys alone, and marks where one is', async () => {
  await opened({ scenario: 'full', path: '/?site=1&p=30d' }, async ({ page, server }) => {
    await page.locator('.bar-fill').first().waitFor();
    for (const [name, path, title] of [
      ['Realtime', '/realtime', /^Realtime · wool/],
      ['Performance', '/performance', /^Performance · wool/],
      ['Privacy', '/privacy', /^Privacy · wool/],
      ['Settings', '/settings', /^Settings · wool/],
      ['Overview', '/', /^wool/],
    ] as const) {
      const link = page.getByRole('link', { name, exact: true });
      assert.equal(await link.getAttribute('href'), `${path}?site=1&p=30d`, 'a link that can be copied');
      await link.focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(`**${path}?site=1&p=30d`);
      assert.equal(await link.getAttribute('aria-current'), 'page');
      assert.equal(await page.locator('[aria-current]').count(), 1);
      await eventually('the title', async () => title.test(await page.title()));
      await page
        .locator(READY[path] ?? '.bar-fill')
        .first()
        .waitFor();
    }
    assert.equal(server.log.filter(({ path }) => path === '/').length, 0, 'the page is loaded once');
    await page.goBack();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  });
});

test('pages are neither wider than their screen nor move while they come', async () => {
  for (const path of Object.keys(READY)) {
    for (const scenario of ['full', 'hostile', 'empty']) {
      for (const width of [320, 390, 768, 1024, 1440]) {
        await opened({ scenario, path, viewport: { width, height: 844 } }, async ({ page }) => {
          const selector = (scenario === 'empty' ? EMPTY : READY)[path] ?? '';
          await page.locator(selector).first().waitFor();
          const wide = (await page.evaluate(() => document.documentElement.scrollWidth)) - width;
          assert.ok(wide <= 0, `${path}, ${scenario} at ${width}: ${wide} px too wide`);
          const shift = await layoutShift(page);
          assert.equal(shift, 0, `${path}, ${scenario} at ${width}: layout shift ${shift}`);
        });
      }
    }
  }
});

test('axe finds nothing on any page, in both themes, full, empty, loading or failed', async () => {
  for (const path of Object.keys(READY)) {
    for (const [scenario, selector] of [
      ['full', READY[path] ?? ''],
      ['empty', '.page .card'],
      ['loading', '.bone'],
      ['error', '.page .card'],
    ] as const) {
      for (const dark of [false, true]) {
        await opened({ scenario, path, dark, still: true }, async ({ page }) => {
          await page.locator(selector).first().waitFor();
          assert.deepEqual(await axe(page), [], `${path}, ${scenario}, ${dark ? 'dark' : 'light'}`);
          assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
        });
      }
    }
  }
});

test('everything to tap on a phone is 44 px high', async () => {
  for (const [path, selector] of Object.entries(READY)) {
    await opened({ scenario: 'full', path, viewport: PHONE }, async ({ page }) => {
      await page.locator(selector).first().waitFor();
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('button, select, input, textarea, a')]
          .map((target) => ({
            what: target.className || target.tagName,
            height: target.getBoundingClientRect().height,
          }))
          .filter(({ height }) => height > 0 && height < 44),
      );
      assert.deepEqual(small, [], path);
    });
  }
});

test('hostile names are text', async () => {
  for (const [path, selector] of Object.entries(READY)) {
    await opened({ scenario: 'hostile', path }, async ({ page }) => {
      await page.locator(selector).first().waitFor();
      assert.equal(await page.locator('main img, main script').count(), 0, path);
    });
  }
});

test('the map names a country on focus and hover, and its table says the same', async () => {
  await opened({ scenario: 'full', path: '/realtime' }, async ({ page }) => {
    const map = page.getByRole('group', { name: /^Map of the world/ });
    await map.getByRole('img', { name: /^Germany: \d+ visitors$/ }).waitFor();
    assert.equal(
      await map.locator('[tabindex]').count(),
      10,
      'only countries with visitors stop the tabulator',
    );
    const table = page.getByRole('table', { name: 'Countries now' });
    assert.equal(await table.locator('tbody tr').count(), 10);
    await map.getByRole('img', { name: /^Singapore/ }).focus();
    assert.match(await page.locator('.map-tip').innerText(), /^Singapore \d+ visitors?$/);
    await page.keyboard.press('Escape');
    await page.locator('.map-tip').waitFor({ state: 'detached' });
    await map.locator('.land:not([tabindex])').nth(20).hover();
    assert.match(await page.locator('.map-tip').innerText(), /nobody now$/);
    // The place of the tip is set by script, which the policy allows; a style in the page would not be.
    assert.equal(await page.locator('[style]').first().count(), 1);
  });
});

test('every country of the list can be read: nothing lies above its name', async () => {
  await opened({ scenario: 'full', path: '/realtime', still: true }, async ({ page }) => {
    const names = page.locator('.map-table th .foreign');
    await names.nth(9).waitFor();
    const covered = await names.evaluateAll((all) =>
      all.flatMap((name) => {
        const { left, top, height } = name.getBoundingClientRect();
        const above = document.elementFromPoint(left + 14, top + height / 2);
        return above === name ? [] : [`${name.textContent}: ${above?.className ?? ''}`];
      }),
    );
    assert.deepEqual(covered, []);
  });
});

test('an empty shop is told how to see somebody', async () => {
  await opened({ scenario: 'empty', path: '/realtime' }, async ({ page }) => {
    await page.getByRole('heading', { name: 'Nobody has been here for 30 minutes' }).waitFor();
    await page.getByRole('link', { name: 'Open the demo shop' }).first().waitFor();
  });
});

test('speed: value, word, samples; another dimension asks once more and keeps the tiles', async () => {
  await opened({ scenario: 'full', path: '/performance' }, async (at) => {
    const { page } = at;
    const lcp = page.getByRole('listitem', { name: 'Largest Contentful Paint' });
    await lcp.getByText('4,120 samples').waitFor();
    assert.match(await lcp.locator('.vital-value').innerText(), /^\d\.\d\d\ss$/);
    assert.match(await lcp.locator('.vital-word').innerText(), /^(Good|Needs improvement|Poor)$/);
    assert.match(
      (await lcp.getByRole('img').getAttribute('aria-label')) ?? '',
      /^\d+ % good, \d+ % needs improvement, \d+ % poor$/,
    );
    await page.getByRole('button', { name: 'Devices' }).click();
    await page.getByRole('rowheader', { name: 'Mobile' }).waitFor();
    assert.equal(await page.locator('.vital .bone').count(), 0);
    await page.getByRole('button', { name: '90 d' }).click();
    await eventually('90 days', () =>
      posted(at, 'POST', '/api/v1/q').some(({ body }) => JSON.stringify(body).includes('"90d"')),
    );
    assert.match(page.url(), /p=90d/);
  });
});

test('few samples are shown grey and said to be too few', async () => {
  await opened({ scenario: 'full', path: '/performance' }, async ({ page }) => {
    await page.getByRole('button', { name: 'Pages', exact: true }).click();
    await page.getByRole('rowheader', { name: '/products/merino-beanie' }).waitFor();
    await page.getByRole('button', { name: 'Countries' }).click();
    await page.getByRole('rowheader', { name: 'Germany' }).waitFor();
    assert.equal(await page.locator('.speed-table [data-few="true"]').count(), 0);
    await page.getByRole('button', { name: 'Templates' }).click();
    await page.getByRole('rowheader', { name: '/checkout' }).waitFor();
  });
});

test('without measurements the page teaches how they begin', async () => {
  await opened({ scenario: 'empty', path: '/performance' }, async ({ page }) => {
    await page.getByRole('heading', { name: 'No measurements yet' }).waitFor();
    await page.getByText('data-vitals').first().waitFor();
  });
});

test('settings: what is wrong is said at its field, what is right is saved and said', async () => {
  await opened({ scenario: 'full', path: '/settings' }, async (at) => {
    const { page } = at;
    const networks = page.getByLabel('Addresses and networks');
    await networks.fill('203.0.113.0/24\nmy office');
    await page.getByText('Unsaved changes').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('`my office` is no network').waitFor();
    await eventually('the field has the focus', () =>
      networks.evaluate((field) => field === document.activeElement),
    );
    assert.equal(await networks.getAttribute('aria-invalid'), 'true');
    assert.deepEqual(await axe(page), [], 'with what is wrong');
    await networks.fill('203.0.113.0/24\n198.51.100.7');
    await page.getByLabel('Session timeout, minutes').fill('45');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Saved.').waitFor();
    const [, saved] = posted(at, 'PATCH', '/api/v1/sites/1');
    assert.deepEqual(saved?.body, {
      excluded_networks: ['203.0.113.0/24', '198.51.100.7'],
      session_timeout_min: 45,
    });
    assert.equal(saved.csrf, 'csrf-token');
    await eventually('the frame asks anew', () => posted(at, 'GET', '/api/v1/sites').length >= 3);
  });
});

test('settings: unsaved changes are not lost unasked', async () => {
  const at = await open(browser, { scenario: 'full', path: '/settings' });
  const { page } = at;
  page.setDefaultTimeout(10_000);
  page.removeAllListeners('dialog');
  const asked: string[] = [];
  let answer = false;
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void (answer ? dialog.accept() : dialog.dismiss());
  });
  await page.getByLabel('Paths').fill('/secret');
  await page.getByRole('link', { name: 'Realtime' }).click();
  await eventually('asked', () => asked.length === 1);
  assert.equal(await page.getByLabel('Paths').inputValue(), '/secret');
  assert.match(page.url(), /\/settings/);
  answer = true;
  await page.getByRole('link', { name: 'Realtime' }).click();
  await page.getByRole('heading', { name: 'Realtime' }).waitFor();
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.locator('.bar-fill').first().waitFor();
  assert.equal(asked.length, 2, 'nothing is unsaved any more');
  await at.close();
});

test('settings: a new secret and a new token are shown once; what is removed is asked about', async () => {
  await opened({ scenario: 'full', path: '/settings' }, async (at) => {
    const { page } = at;
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    assert.equal(posted(at, 'POST', '/api/v1/sites/1/secret').length, 0, 'asked first');
    await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
    await page.getByText('sk_made_up').waitFor();
    await page.getByRole('button', { name: 'Add a token' }).click();
    await page.getByText('ut_New1_the_whole_word').waitFor();
    assert.deepEqual(posted(at, 'POST', '/api/v1/tokens')[0]?.body, { site: 1, scope: 'read' });
    await page.getByRole('button', { name: 'Remove the token ut_Ab12…' }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(posted(at, 'DELETE', '/api/v1/tokens').length, 0);
    await page.getByRole('button', { name: 'Remove the token ut_Ab12…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the token' }).click();
    await eventually('removed', async () => (await page.getByText('ut_Ab12…').count()) === 0);
    await page.reload();
    await page.locator('.settings-form').waitFor();
    assert.equal(await page.getByText('ut_New1_the_whole_word').count(), 0);
  });
});

test('settings: a suggestion becomes a line; users are added and removed', async () => {
  await opened({ scenario: 'full', path: '/settings' }, async (at) => {
    const { page } = at;
    await page.getByRole('button', { name: '/collections/*' }).click();
    assert.equal(await page.getByLabel('Page templates').inputValue(), '/products/*\n/collections/*');
    await page.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await page.getByLabel('Page templates').inputValue(), '/products/*');
    assert.ok(
      await page.getByRole('button', { name: 'Remove owner@shop.example' }).isDisabled(),
      'the last one',
    );
    await page.getByLabel('E-mail of the new user').fill('second@shop.example');
    await page.getByLabel('Their first password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Add the user' }).click();
    await page.getByText('a password has 12 to 1024 characters').waitFor();
    await page.getByLabel('Their first password', { exact: true }).fill('twelve characters');
    await page.getByRole('button', { name: 'Add the user' }).click();
    await page.getByText('second@shop.example may sign in now.').waitFor();
    await page.getByRole('button', { name: 'Remove second@shop.example' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the user' }).click();
    await eventually('removed', () => posted(at, 'DELETE', '/api/v1/users/usr_2').length === 1);
  });
});

test('a page that cannot be loaded says so', async () => {
  const at = await open(browser, { scenario: 'full', viewport: DESK });
  await at.page.route('**/assets/settings-*.js', (route) => route.abort());
  await at.page.getByRole('link', { name: 'Settings' }).click();
  await at.page.getByText('This page could not be loaded').waitFor();
  await at.close();
});

test('what the owner should mend stands above every page, and is no wider than it', async () => {
  for (const path of ['/', ...Object.keys(READY)]) {
    await opened({ scenario: 'warned', path, viewport: PHONE }, async ({ page }) => {
      const warning = page.getByRole('status', { name: 'To be mended' });
      await warning.getByText('Set TRUSTED_PROXIES=10.0.0.2 and restart.').waitFor();
      assert.match(await warning.innerText(), /arrives from 10\.0\.0\.2 with X-Forwarded-For/);
      assert.deepEqual(await axe(page), [], path);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);
    });
  }
});
