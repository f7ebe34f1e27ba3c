/**
 * Pictures of every page at two widths in both colour schemes, of a real server with a crowd in its shop.
 * usage: npm run screenshots -w browser-tests -- [OUTDIR]   (CROWD_SECONDS=60: how long the crowd walks first)
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { launch, newPage } from './src/browser.ts';
import type { Visit } from './src/browser.ts';
import { startServer } from './src/server.ts';
import { walkShop } from './src/shop.ts';

const folder = process.argv[2] ?? mkdtempSync(path.join(tmpdir(), 'ut-screenshots-'));
const CROWD_MS = Number(process.env['CROWD_SECONDS'] ?? 60) * 1_000;
const PASSWORD = 'four plain words here';

const SIZES = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
];

/** A page in both schemes and in these sizes, as it stands. */
async function shoot(page: Page, name: string, sizes = SIZES): Promise<void> {
  await page.evaluate(() => {
    scrollTo(0, 0);
  });
  for (const size of sizes) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // The chart and the shop's panel draw themselves anew.
      await sleep(300);
      await page.screenshot({
        path: path.join(folder, `${name}-${size.width}-${colorScheme}.png`),
        fullPage: true,
      });
    }
  }
}

function finish(visit: Visit, what: string): Promise<void> {
  if (visit.errors.length) console.log(`${what}:`, visit.errors);
  return visit.close();
}

/** A fresh server: from the set-up link to a site without events, and the sign-in. */
async function empty(browser: Browser): Promise<void> {
  const server = await startServer('serve');
  const visit = await newPage(browser, { locale: 'en-GB' });
  const { page } = visit;
  const fill = (name: string, text: string): Promise<void> =>
    page.getByRole('textbox', { name, exact: true }).fill(text);
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

  await page.goto(`${server.url}/login`);
  await page.getByText('This server has no owner yet').waitFor();
  await shoot(page, 'login-without-owner');
  await page.goto(`${server.url}/setup`);
  await page.getByRole('heading', { name: 'Open your set-up link' }).waitFor();
  await shoot(page, 'setup-without-link');
  await page.goto(server.dashboard);
  await page.getByRole('heading', { name: 'Create the owner’s account' }).waitFor();
  await shoot(page, 'setup');
  await fill('E-mail', 'owner@shop.example');
  await fill('Password', 'short');
  await fill('Repeat the password', 'shirt');
  await press('Create account');
  await shoot(page, 'setup-mistakes');
  await fill('Password', PASSWORD);
  await fill('Repeat the password', PASSWORD);
  await press('Create account');
  await page.getByText('No site yet').waitFor();
  await shoot(page, 'no-site');
  await server.command('site', 'add', '--domain', 'shop.example', '--timezone', 'Europe/Berlin');
  await page.getByText('Waiting for the first event').waitFor();
  await shoot(page, 'first-steps');
  await press('Sign out');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await shoot(page, 'login');
  await fill('E-mail', 'owner@shop.example');
  await fill('Password', 'wrong');
  await press('Sign in');
  await page.getByRole('alert').waitFor();
  await shoot(page, 'login-wrong');
  await page.goto(server.dashboard);
  await page.getByRole('alert').waitFor();
  await shoot(page, 'setup-used');
  await finish(visit, 'a fresh server');
  await server.stop();
}

/** A server with a crowd: the shop, and the dashboard in its states. */
async function full(browser: Browser): Promise<void> {
  const server = await startServer('demo', '--traffic', '30');
  const began = Date.now();
  // Its panel opens or not by the width it begins with, so each width is a visit of its own.
  for (const size of SIZES) {
    const shopper = await newPage(browser, { locale: 'en-GB', viewport: size });
    await walkShop(shopper.page, server.url, (name) => shoot(shopper.page, `shop-${name}`, [size]));
    await finish(shopper, 'the shop');
  }

  const visit = await newPage(browser, { locale: 'en-GB', viewport: { width: 1440, height: 900 } });
  const { page } = visit;
  await sleep(Math.max(0, began + CROWD_MS - Date.now()));
  await page.goto(server.dashboard);
  await page.locator('.tile-value').first().waitFor();
  // The feed and the counter fill within seconds.
  await sleep(5_000);
  await shoot(page, 'dashboard');
  await page.keyboard.press('d');
  await sleep(1_000);
  await shoot(page, 'dashboard-today');
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await shoot(page, 'dashboard-table');
  await page.getByRole('button', { name: 'Chart', exact: true }).click();
  await page.getByRole('button', { name: 'What the numbers mean' }).click();
  await shoot(page, 'dashboard-definitions');
  await page.keyboard.press('Escape');
  await server.kill();
  await page.getByText('Reconnecting').waitFor();
  await page.getByText('Could not refresh').first().waitFor();
  await shoot(page, 'dashboard-server-away');
  await finish(visit, 'the dashboard');
  await server.start();
  await server.stop();
}

mkdirSync(folder, { recursive: true });
const browser = await launch();
await empty(browser);
await full(browser);
await browser.close();
console.log(`written to ${folder}`);
