// Consent in the dashboard, built, in a real browser: the modes in the settings, and the privacy page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { open, PHONE, type Opened } from './open.ts';
import { axe, browser, eventually, opened, region } from './steps.ts';

const patched = (at: Opened) => at.server.log.filter(({ method }) => method === 'PATCH');
const asked = (at: Opened, start: string) => at.server.log.filter(({ path }) => path.startsWith(start));

test('settings: of the modes only what changed is saved', async () => {
  await opened({ scenario: 'full', path: '/settings' }, async (at) => {
    const { page } = at;
    const mode = page.getByLabel('Mode without a choice');
    await page.getByText('A risk choice for your counsel, not a promise of the law.').waitFor();
    const notes = page.locator(`[id="${(await mode.getAttribute('aria-describedby')) ?? ''}"]`);
    assert.match(await notes.innerText(), /nothing is stored on the device/);
    await mode.selectOption('strict');
    assert.match(await notes.innerText(), /^Nothing is sent or stored/);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('Saved.').waitFor();
    assert.deepEqual(patched(at)[0]?.body, { consent: { mode: 'strict' } });

    await page.getByRole('button', { name: 'Remove place 2' }).click();
    await page.getByRole('button', { name: 'Add a place' }).click();
    await page.getByLabel('Place 2: where').fill('eea');
    await page.getByLabel('Place 2: mode').selectOption('analytics');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('Saved.').waitFor();
    assert.deepEqual(patched(at)[1]?.body, {
      consent: {
        regions: [
          { region: 'FR', mode: 'cnil' },
          { region: 'EEA', mode: 'analytics' },
        ],
      },
    });
    assert.equal(await page.getByLabel('Place 2: where').inputValue(), 'EEA');
  });
});

test('settings: a place that is refused, or not named, is said at its row', async () => {
  await opened({ scenario: 'full', path: '/settings' }, async (at) => {
    const { page } = at;
    const second = page.getByRole('group', { name: 'Place 2', exact: true });
    await page.getByLabel('Place 2: where').fill('Bavaria');
    await page.getByRole('button', { name: 'Save' }).click();
    await second.getByText('`BAVARIA` is no place').waitFor();
    const typed = page.getByLabel('Place 2: where');
    await eventually('the row has the focus', () =>
      typed.evaluate((field) => field === document.activeElement),
    );
    assert.equal(await typed.getAttribute('aria-invalid'), 'true');
    assert.equal(await page.getByLabel('Place 1: where').getAttribute('aria-invalid'), 'false');
    assert.deepEqual(await axe(page), []);
    // The row is gone, and what was said of it: the next one to stand there is another.
    await page.getByRole('button', { name: 'Remove place 1' }).click();
    assert.equal(await page.getByText('is no place').count(), 0);
    await page.getByRole('button', { name: 'Add a place' }).click();
    await page.getByLabel('Place 1: where').fill('DE');
    await page.getByRole('button', { name: 'Save' }).click();
    await second.getByText('Name a place').waitFor();
    assert.equal(patched(at).length, 1, 'what this page can see itself is not asked');
  });
});

test('settings: an unsaved mode is not lost unasked', async () => {
  const at = await open(browser, { scenario: 'full', path: '/settings' });
  at.page.removeAllListeners('dialog');
  const questions: string[] = [];
  at.page.on('dialog', (dialog) => {
    questions.push(dialog.message());
    void dialog.dismiss();
  });
  await at.page.getByLabel('Mode without a choice').selectOption('full');
  await at.page.getByRole('link', { name: 'Privacy' }).click();
  await eventually('asked', () => questions.length === 1);
  assert.match(at.page.url(), /\/settings/);
  await at.close();
});

test('privacy: the mode and its places at a glance lead to the settings', async () => {
  await opened({ scenario: 'full', path: '/privacy?site=1' }, async ({ page }) => {
    const glance = region(page, 'Without a choice of the visitor');
    await glance.getByText('Cookieless', { exact: true }).waitFor();
    assert.match(await glance.innerText(), /France[^]*CNIL[^]*United States, CA[^]*Strict/);
    const stored = page.getByRole('table', { name: 'What is stored where' });
    const row = stored.getByRole('row', { name: /_ut_id/ });
    assert.match(await row.innerText(), /13 months, renewed on page views; in the mode CNIL never renewed/);
    await stored.getByRole('row', { name: /_ut_c .*180 days/ }).waitFor();
    await page.getByRole('link', { name: 'Change it in the settings' }).click();
    await page.waitForURL('**/settings?site=1');
    await page.getByLabel('Mode without a choice').waitFor();
  });
});

test('privacy: receipts say granted, denied and not said in words, and lead on to the oldest', async () => {
  await opened({ scenario: 'full', path: '/privacy' }, async (at) => {
    const { page } = at;
    const lines = page.getByRole('table', { name: 'Receipts' }).locator('tbody tr');
    await lines.nth(49).waitFor();
    assert.equal(await lines.count(), 50);
    assert.match(await lines.first().innerText(), /no\. 128/);
    // The site's clock, not the browser's.
    assert.match(await lines.first().innerText(), /^22 Nov 2026, 1[234]:\d\d:\d\d/);
    const words = await lines.locator('.said').allInnerTexts();
    assert.deepEqual([...new Set(words)].sort(), ['Denied', 'Granted', 'Not said']);
    assert.match((await lines.allInnerTexts()).join(), /with Global Privacy Control/);
    const older = page.getByRole('button', { name: 'Show older' });
    await older.click();
    await lines.nth(99).waitFor();
    await older.click();
    await page.getByText('These are all of them.').waitFor();
    assert.equal(await lines.count(), 128);
    assert.equal(await older.count(), 0);
    const numbers = (await lines.locator('th .receipt-more').allInnerTexts()).map((text) =>
      Number(text.slice('no. '.length)),
    );
    assert.deepEqual(
      numbers,
      Array.from({ length: 128 }, (_, at) => 128 - at),
    );
    assert.deepEqual(
      asked(at, '/api/v1/consents?').map(({ path }) => path.split('?')[1]),
      ['site=1&limit=50', 'site=1&limit=50&before=79', 'site=1&limit=50&before=29'],
    );
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Receipts shown as CSV file' }).click();
    const file = await downloading;
    assert.match(
      file.suggestedFilename(),
      /^wool-and-weather\.example-consent_receipts-2026-\d\d-\d\d-2026-11-22\.csv$/,
    );
    const text = readFileSync(await file.path(), 'utf8');
    assert.equal(text.trim().split('\r\n').length, 129);
    assert.match(text, /^\ufeffnumber,id,at,analytics,marketing,personalization,gpc,source,/);
  });
});

test('privacy: older receipts that cannot be had are said, and asked for again', async () => {
  await opened({ scenario: 'full', path: '/privacy' }, async ({ page, server }) => {
    const lines = page.getByRole('table', { name: 'Receipts' }).locator('tbody tr');
    await lines.nth(49).waitFor();
    server.setScenario('error');
    await page.getByRole('button', { name: 'Show older' }).click();
    await page.getByRole('alert').getByText('The server is opening its stores.').waitFor();
    assert.equal(await lines.count(), 50, 'what is there stays');
    server.setScenario('full');
    await page.getByRole('button', { name: 'Show older' }).click();
    await lines.nth(99).waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
  });
});

test('privacy: without receipts it says when one is written; without a server, what to do', async () => {
  await opened({ scenario: 'empty', path: '/privacy' }, async ({ page }) => {
    await page.getByText('No receipt yet').waitFor();
    await page.getByText('One is written whenever a visitor chooses').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Receipts shown as CSV file' }).isDisabled());
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByRole('status').getByText('There is no receipt to check yet.').waitFor();
  });
  await opened({ scenario: 'error', path: '/privacy' }, async ({ page, server }) => {
    await page.getByText('The site’s modes are not known').waitFor();
    const again = (name: string) => region(page, name).getByRole('button', { name: 'Try again' });
    await again('Receipts').waitFor();
    assert.ok(await page.getByRole('table', { name: 'What is stored where' }).isVisible());
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByRole('status').getByText('The chain could not be checked.').waitFor();
    server.setScenario('full');
    await again('Receipts').click();
    await page.locator('.receipt-when').first().waitFor();
    await again('How long what is kept').click();
    await page.getByRole('table', { name: 'How long what is kept' }).waitFor();
    await again('Requests of single persons').click();
    await page.locator('.erasures li').first().waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await region(page, 'Without a choice of the visitor').waitFor();
  });
});

test('privacy: the chain is checked when asked, and the result is said both ways', async () => {
  for (const [scenario, words] of [
    ['full', 'The chain is whole: all 128 receipts are what was written, in their order.'],
    [
      'broken',
      'The chain is broken at receipt 13: the hash of what is stored is not the hash that was written. The 12 receipts before it are whole.',
    ],
  ] as const) {
    for (const dark of [false, true]) {
      await opened({ scenario, path: '/privacy', viewport: PHONE, dark, still: true }, async (at) => {
        const { page } = at;
        await page.locator('.receipt-when').first().waitFor();
        assert.equal(asked(at, '/api/v1/consents/verify').length, 0, 'not unasked');
        const live = region(page, 'Receipts').getByRole('status');
        assert.equal(
          await live.innerText(),
          '',
          'there before it has anything to say, so that it is read aloud',
        );
        await page.getByRole('button', { name: 'Check the chain' }).click();
        await live.getByText(words, { exact: true }).waitFor();
        assert.deepEqual(await axe(page), [], `${scenario}, ${dark ? 'dark' : 'light'}`);
      });
    }
  }
});

test('privacy: on a phone a row is a block, and still a row of a table', async () => {
  await opened({ scenario: 'full', path: '/privacy', viewport: PHONE }, async ({ page }) => {
    const table = page.getByRole('table', { name: 'Receipts' });
    const first = table.getByRole('row').nth(1);
    await first.getByRole('rowheader').waitFor();
    assert.equal(await first.getByRole('cell').count(), 5);
    assert.equal(await table.getByRole('columnheader', { name: 'Marketing' }).count(), 1);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);
  });
});
