// What the screen asks: periods, filters, cards, files, and the address that holds all of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PHONE } from './open.ts';
import { asked, eventually, opened, path, ready, region, told } from './steps.ts';

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
    await page.getByRole('menu').waitFor({ state: 'detached' });
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
    const saved = await file;
    const rows = readFileSync(await saved.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    assert.match(rows[0] ?? '', /^\ufeffPage,Page views,Visitors,/);
    assert.deepEqual(
      rows.slice(1).map((row) => row.split(',')[0]),
      ['/products/merino-beanie'],
      'what is looked for, and nothing else',
    );
    const question = told({ server })[0];
    assert.deepEqual([question?.limit, question?.order_by], [10_000, [['page', 'asc']]]);
    const name = saved.suggestedFilename();
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
