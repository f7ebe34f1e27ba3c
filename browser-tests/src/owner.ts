/** An owner in a browser: signed in by the link the server prints, with a site of their own. */
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { newPage } from './browser.ts';
import type { Visit } from './browser.ts';
import type { Site } from './events.ts';
import { reportsOf } from './reports.ts';
import { Screen } from './screen.ts';
import type { Server } from './server.ts';
import { waitFor } from './wait.ts';

export const EMAIL = 'owner@shop.example';
export const PASSWORD = 'four plain words here';

/** Makes the owner and the site `shop.example`, opens the overview, and waits until history is open. */
export async function beOwner(
  browser: Browser,
  server: Server,
  options: BrowserContextOptions = {},
): Promise<Visit & { site: Site }> {
  const visit = await newPage(browser, {
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const { page } = visit;
  const site = await server.command<Site>(
    'site',
    'add',
    '--domain',
    'shop.example',
    '--timezone',
    'Europe/Berlin',
  );
  await page.goto(server.dashboard);
  await page.getByRole('textbox', { name: 'E-mail' }).fill(EMAIL);
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill(PASSWORD);
  await page.getByRole('textbox', { name: 'Repeat the password', exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL(`${server.url}/`);
  await page.getByRole('region', { name: 'Live' }).waitFor();
  await (await reportsOf(server, String(site.id))).settled();
  // History's tables come one after the other: until all of them are there some questions are refused, and a browser
  // notes each refusal as an error. The page's own questions say when it is over.
  await waitFor('every question of the page is answered', async () => {
    visit.errors.splice(0);
    await page.reload();
    await new Screen(page).settled();
    return visit.errors.length === 0;
  });
  return { ...visit, site };
}
