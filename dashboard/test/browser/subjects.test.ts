// Limits and requests of single persons in the dashboard, built, in a real browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PHONE } from './open.ts';
import { axe, opened } from './steps.ts';

const sent = (log: { method: string; path: string; body?: unknown }[], route: string) =>
  log.filter(({ method, path }) => method === 'POST' && path === route).map(({ body }) => body);

test('privacy: every class says its limit, its oldest and its runs', async () => {
  await opened({ scenario: 'full', path: '/privacy' }, async ({ page }) => {
    const row = page.getByRole('row', { name: /^Events, sessions and web vitals, one row each/ });
    await row.waitFor();
    assert.match(await row.innerText(), /13 months\s+23 Oct 2025\s+22 Nov 2026, 01:11: 48,212 deleted/);
    const stored = page.getByRole('table', { name: 'What is stored where' });
    assert.match(await stored.getByRole('row', { name: /^Sums by day/ }).innerText(), /25 months/);
  });
  await opened({ scenario: 'broken', path: '/privacy' }, async ({ page }) => {
    await page.getByText('The last run failed: events: history is not available').waitFor();
  });
});

test('privacy: a person is found, handed out and erased, by keyboard', async () => {
  await opened({ scenario: 'full', path: '/privacy' }, async ({ page, server }) => {
    await page.getByLabel('Find by').selectOption('Customer id of the shop');
    const named = page.getByRole('textbox', { name: 'Customer id of the shop' });
    await named.fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is kept under this name.').waitFor();
    await named.fill('C-10042');
    await page.keyboard.press('Enter');
    await page.getByText('This is kept of them.').waitFor();
    assert.match(await page.locator('.found-facts').innerText(), /1,843[\s\S]*email, first_name/);

    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    const file = await saving;
    assert.equal(file.suggestedFilename(), 'subject-export.zip');
    assert.equal(readFileSync(await file.path()).toString(), 'PK\u0005\u0006');

    await page.getByRole('button', { name: 'Erase…' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Erase this person?' });
    const go = dialog.getByRole('button', { name: 'Erase', exact: true });
    assert.ok(await go.isDisabled(), 'not before the word is typed');
    await dialog.getByLabel('Type “erase” to confirm').fill('erase');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('The erasure is noted. Its state is below.').waitFor();
    await page.locator('.erasures li').nth(2).waitFor();
    const person = { site: '1', external_id: 'C-10042' };
    assert.deepEqual(sent(server.log, '/api/v1/privacy/export'), [person]);
    assert.deepEqual(sent(server.log, '/api/v1/privacy/erase'), [person]);
  });
});

test('privacy: an erasure that is not confirmed is none', async () => {
  await opened({ scenario: 'full', path: '/privacy' }, async ({ page, server }) => {
    await page.getByLabel('E-mail address').fill('anna@example.com');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Erase…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Erase this person?' });
    await dialog.getByLabel('Type “erase” to confirm').fill('eras');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(sent(server.log, '/api/v1/privacy/erase'), []);
  });
});

for (const dark of [false, true]) {
  test(`privacy: a person on a phone, ${dark ? 'dark' : 'light'}`, async () => {
    const how = { scenario: 'full', path: '/privacy', viewport: PHONE, dark, still: true };
    await opened(how, async ({ page }) => {
      await page.getByLabel('E-mail address').fill('anna@example.com');
      await page.keyboard.press('Enter');
      await page.locator('.found-facts').waitFor();
      assert.deepEqual(await axe(page), []);
      await page.getByRole('button', { name: 'Erase…' }).click();
      await page.getByRole('dialog', { name: 'Erase this person?' }).waitFor();
      assert.deepEqual(await axe(page), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} px beside the screen`);
    });
  });
}

test('settings: a shorter limit says what it does, and is sent alone', async () => {
  await opened({ scenario: 'full', path: '/settings' }, async ({ page, server }) => {
    await page.getByLabel('Events, months').fill('6');
    await page.getByText('Shorter than now: what is older goes for good').waitFor();
    await page.getByLabel('Sums by day, months').fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('sums are kept at least as long as events').waitFor();
    await page.getByLabel('Sums by day, months').fill('25');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('Saved.').waitFor();
    const patches = server.log.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
    assert.deepEqual(patches.at(-1), { retention: { events: 6 } });
  });
});
