// The performance page: what it takes of the overview's filters, and what an opened line says of its values.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { layoutShift, PHONE } from './open.ts';
import { asked, axe, eventually, opened, path, region } from './steps.ts';

const there = (page: Page) => page.locator('.vital-samples').first().waitFor();
const line = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const KNOWN_HERE = '?p=7d&m=visitors&f=is:country:DE&f=is_not:device_type:tablet';

test('the overview’s filters hold where a measurement knows the word; the others say that they do not', async () => {
  const address = '/?f=is:country:DE&f=is:source:google&f=contains:page:/p/&f=is:prop:colour:red';
  await opened({ scenario: 'full', path: address }, async ({ page, server }) => {
    await page.locator('.bar-fill').first().waitFor();
    const before = asked({ server }).length;
    await page.getByRole('link', { name: 'Performance', exact: true }).click();
    await there(page);
    const questions = () => asked({ server }).slice(before).flat();
    const applied = [
      ['is', 'country', ['DE']],
      ['contains', 'page', ['/p/']],
    ];
    assert.ok(questions().length >= 2);
    for (const { filters } of questions()) assert.deepEqual(filters, ['and', ...applied]);
    assert.deepEqual(
      (await page.locator('.chip-idle').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim()),
      ['Source is google not applied here', 'colour is red not applied here'],
    );
    assert.equal(await page.locator('.chip').count(), 4);
    assert.deepEqual(await axe(page), []);
    // A chip works as everywhere, and what is taken away here is gone there.
    await page.getByRole('button', { name: 'Remove: Country is Germany' }).click();
    await eventually(
      'without Germany',
      () => JSON.stringify(questions().at(-1)?.filters) === '["contains","page",["/p/"]]',
    );
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.locator('.bar-fill').first().waitFor();
    assert.equal(await page.locator('.chip').count(), 3);
    assert.equal(await page.locator('.chip-idle').count(), 0, 'here all of them hold');
  });
});

test('filters are added by keyboard among words that hold, and everything is in the address', async () => {
  await opened({ scenario: 'full', path: '/performance' }, async ({ page, server }) => {
    await there(page);
    await page.keyboard.press('f');
    const dialog = page.getByRole('dialog', { name: 'Add filter' });
    const words = await dialog.getByLabel('Filter by').locator('option').allInnerTexts();
    assert.deepEqual(words.toSorted(), [
      'Browser',
      'Country',
      'Device',
      'Host name',
      'Page',
      'Page template',
      'Program',
      'System',
    ]);
    await dialog.getByLabel('Filter by').selectOption('country');
    await dialog.getByLabel('Germany').check();
    await dialog.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('button', { name: 'Devices' }).click();
    assert.equal(path(page), '/performance?p=7d&m=visitors&f=is:country:DE&by=device_type');
    await page.reload();
    await page.getByRole('columnheader', { name: 'Device' }).waitFor();
    await line(page, 'Mobile').waitFor();
    const last = asked({ server }).at(-1) ?? [];
    assert.deepEqual(
      last.map(({ dimensions, filters }) => [dimensions, filters]),
      [
        [[], ['is', 'country', ['DE']]],
        [['device_type'], ['is', 'country', ['DE']]],
      ],
    );
  });
});

test('filters that leave no measurement say so, and can be removed', async () => {
  await opened({ scenario: 'nothing', path: '/performance?f=is:country:DE' }, async ({ page }) => {
    await page.getByText('No measurement of these days fits all filters.').waitFor();
    await page.getByRole('button', { name: 'Remove the filters' }).click();
    await page.getByRole('heading', { name: 'No measurements yet' }).waitFor();
    assert.equal(path(page), '/performance?p=7d&m=visitors');
  });
});

test('a line opens on the five most frequent causes of each measure, by keys alone', async () => {
  await opened({ scenario: 'full', path: `/performance${KNOWN_HERE}` }, async ({ page, server }) => {
    await there(page);
    const before = asked({ server }).length;
    await line(page, '/products/*').focus();
    await page.keyboard.press('Enter');
    const largest = page.getByRole('table', { name: /^Largest element LCP/ });
    await largest.getByRole('rowheader', { name: '#hero>div.picture>img' }).waitFor();
    assert.equal(await line(page, '/products/*').getAttribute('aria-expanded'), 'true');
    for (const name of [/^Largest element LCP/, /^Slow to answer INP/, /^What moved CLS/]) {
      const rows = page.getByRole('table', { name }).locator('tbody tr');
      assert.equal(await rows.count(), 5);
      assert.match(await rows.first().innerText(), /\s700\s.*\d/s);
    }
    const filters = [
      'and',
      ['is', 'country', ['DE']],
      ['is_not', 'device_type', ['tablet']],
      ['is', 'page_template', ['/products/*']],
      ['is_not', 'target', ['']],
    ];
    assert.deepEqual(
      asked({ server })[before]?.map((query) => [
        query.metrics,
        query.dimensions,
        query.filters,
        query.limit,
      ]),
      ['lcp', 'inp', 'cls'].map((vital) => [[`samples_${vital}`, `p75_${vital}`], ['target'], filters, 5]),
    );
    assert.deepEqual(await axe(page), []);
    assert.ok((await layoutShift(page)) < 0.001);
    // One at a time, and closed as it was opened.
    await line(page, '/').click();
    await eventually('one is open', async () => (await page.locator('[aria-expanded="true"]').count()) === 1);
    await largest.waitFor();
    await line(page, '/').click();
    assert.equal(await page.locator('.causes').count(), 0);
    await line(page, '/products/*').click();
    await page.getByRole('button', { name: 'Show only this line' }).click();
    assert.equal(path(page), `/performance${KNOWN_HERE}&f=is:page_template:/products/*`);
    await eventually(
      'what is narrowed offers no more of it',
      async () => (await page.getByRole('button', { name: 'Show only this line' }).count()) === 0,
    );
  });
});

test('where nobody named a cause, the line says how browsers come to', async () => {
  await opened({ scenario: 'full', path: '/performance' }, async ({ page }) => {
    await there(page);
    await line(page, '/cart').click();
    await page.getByText('data-vitals="attribution"').waitFor();
    assert.equal(await page.locator('.causes-table').count(), 0);
  });
});

test('selectors that somebody made up are text, cut by the layout, on a phone too', async () => {
  for (const width of [320, PHONE.width, 1440]) {
    const viewport = { width, height: 844 };
    await opened({ scenario: 'hostile', path: '/performance', viewport }, async ({ page }) => {
      await there(page);
      await page.locator('.speed-open').first().click();
      await page.locator('.causes-table code').first().waitFor();
      assert.equal(await page.locator('main img, main script').count(), 0);
      const codes = await page.locator('.causes-table code').allInnerTexts();
      assert.ok(codes.includes('</textarea><img src=x onerror=alert(1)>'), codes.join('\n'));
      assert.ok(codes.includes('\\u202egnp.exe'));
      const wide = (await page.evaluate(() => document.documentElement.scrollWidth)) - width;
      assert.ok(wide <= 0, `${wide} px too wide at ${width}`);
      const box = await region(page, 'Table of measures').boundingBox();
      const causes = await page.locator('.causes').boundingBox();
      assert.ok(
        box && causes && causes.x + causes.width <= box.x + box.width + 1,
        'what is told is in sight',
      );
      if (width < 600)
        for (const button of await page.locator('.speed-open, .causes-only').all())
          assert.ok(((await button.boundingBox())?.height ?? 0) >= 44);
    });
  }
});
