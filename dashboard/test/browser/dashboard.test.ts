// The built dashboard in a real browser, under the content security policy the server sends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESK, layoutShift, PHONE } from './open.ts';
import { asked, axe, eventually, opened, path, ready, region } from './steps.ts';

test('figures, chart, pages and live strip are there, and nothing moved while they came', async () => {
  const periods = ['/', '/?p=day', '/?p=30d'];
  for (const [viewport, at] of periods.flatMap((at) => [DESK, PHONE].map((size) => [size, at] as const))) {
    await opened({ scenario: 'full', viewport, path: at }, async ({ page }) => {
      await ready(page);
      await page.locator('.chart canvas').waitFor();
      await page.locator('.feed-line').first().waitFor();
      assert.match((await page.locator('.live-number').textContent()) ?? '', /^\d+$/);
      assert.match((await page.locator('.tile-value').first().textContent()) ?? '', /^[\d,]+$/);
      assert.equal(await layoutShift(page), 0, 'layout shift');
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
