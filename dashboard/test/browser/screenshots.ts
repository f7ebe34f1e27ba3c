// Photographs every state at two widths and in both themes, for looking at.
// usage: npm run screenshots [-- folder]
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DESK, launch, open, PHONE } from './open.ts';

const folder = path.resolve(process.argv[2] ?? path.join(tmpdir(), 'dashboard-screenshots'));
mkdirSync(folder, { recursive: true });

interface Shot {
  name: string;
  scenario: string;
  path?: string;
  ready: string;
  then?: (page: Awaited<ReturnType<typeof open>>['page']) => Promise<void>;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const FILTERED =
  '/?p=30d&cmp=previous&f=is:country:DE,AT,CH&f=is_not:source:google&f=contains:page:/products/';

const SHOTS: Shot[] = [
  { name: 'full', scenario: 'full', ready: '.bar-fill' },
  { name: 'day', scenario: 'full', path: '/?p=day&m=page_views', ready: '.bar-fill' },
  { name: 'year', scenario: 'full', path: '/?p=12mo&m=bounce_rate', ready: '.bar-fill' },
  {
    name: 'table',
    scenario: 'full',
    path: '/?p=30d&cmp=previous',
    ready: '.bar-fill',
    then: async (page) => {
      await page.getByRole('button', { name: 'Table', exact: true }).click();
    },
  },
  {
    name: 'hover',
    scenario: 'full',
    path: '/?p=30d',
    ready: '.bar-fill',
    then: async (page) => {
      await page.locator('.chart').focus();
      for (let step = 0; step < 8; step++) await page.keyboard.press('ArrowLeft');
    },
  },
  {
    name: 'tip',
    scenario: 'full',
    ready: '.bar-fill',
    then: async (page) => {
      await page.locator('.tile').nth(4).focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Shift+Tab');
    },
  },
  {
    name: 'shortcuts',
    scenario: 'full',
    ready: '.bar-fill',
    then: async (page) => {
      await page.keyboard.press('?');
    },
  },
  {
    name: 'definitions',
    scenario: 'full',
    ready: '.bar-fill',
    then: async (page) => {
      await page.getByRole('button', { name: 'What the numbers mean' }).click();
    },
  },
  { name: 'filtered', scenario: 'full', path: FILTERED, ready: '.bar-fill' },
  {
    name: 'period',
    scenario: 'full',
    ready: '.bar-fill',
    then: async (page) => {
      await page.getByRole('button', { name: 'Period: ' }).click();
    },
  },
  {
    name: 'compare-menu',
    scenario: 'full',
    ready: '.bar-fill',
    then: async (page) => {
      await page.getByRole('button', { name: 'Comparison: ' }).click();
    },
  },
  {
    name: 'dates',
    scenario: 'full',
    ready: '.bar-fill',
    then: async (page) => {
      await page.keyboard.press('c');
      await page.getByLabel('First day').fill('2026-12-31');
      await page.getByRole('button', { name: 'Show these days' }).click();
    },
  },
  {
    name: 'chooser',
    scenario: 'full',
    ready: '.bar-fill',
    then: async (page) => {
      await page.keyboard.press('f');
      await page.getByLabel('Filter by').selectOption('country');
      await page.locator('.offer-line').nth(1).click();
    },
  },
  {
    name: 'palette',
    scenario: 'full',
    ready: '.bar-fill',
    then: async (page) => {
      await page.keyboard.press('/');
      await page.getByRole('combobox').fill('an');
      await page.getByText('Germany', { exact: true }).last().waitFor();
      await page.getByText('Enter filters').waitFor();
    },
  },
  {
    name: 'more',
    scenario: 'full',
    path: '/?p=30d&cmp=previous',
    ready: '.bar-fill',
    then: async (page) => {
      await page.getByRole('button', { name: 'More Pages' }).click();
      await page.locator('.more-table .line-name').nth(20).waitFor();
    },
  },
  { name: 'nothing', scenario: 'nothing', path: FILTERED, ready: '.nothing' },
  { name: 'partial', scenario: 'partial', ready: '.failure' },
  { name: 'refused', scenario: 'full', path: '/?f=matches:page:(', ready: '.failure' },
  { name: 'hostile', scenario: 'hostile', ready: '.bar-fill' },
  { name: 'quiet', scenario: 'quiet', ready: '.chart' },
  { name: 'warned', scenario: 'warned', ready: '.site-warning' },
  { name: 'empty', scenario: 'empty', ready: '.steps' },
  { name: 'loading', scenario: 'loading', ready: '.bone-block' },
  { name: 'error', scenario: 'error', ready: '.failure' },
  { name: 'down', scenario: 'down', ready: '.failure' },
  {
    name: 'lost',
    scenario: 'lost',
    ready: '.bar-fill',
    then: async (page) => {
      await page.getByText('Reconnecting…').waitFor();
    },
  },
  { name: 'login', scenario: 'signed-out', path: '/login', ready: '.form' },
  {
    name: 'login-wrong',
    scenario: 'signed-out',
    path: '/login',
    ready: '.form',
    then: async (page) => {
      await page.getByLabel('E-mail').fill('owner@shop.example');
      await page.getByLabel('Password', { exact: true }).fill('wrong password');
      await page.keyboard.press('Enter');
      await page.locator('.form-error').waitFor();
    },
  },
  { name: 'setup', scenario: 'setup', path: '/setup#token', ready: '.form' },
  {
    name: 'setup-wrong',
    scenario: 'setup',
    path: '/setup#token',
    ready: '.form',
    then: async (page) => {
      await page.getByLabel('E-mail').fill('owner@shop.example');
      await page.getByLabel('Password', { exact: true }).fill('short');
      await page.getByLabel('Repeat the password', { exact: true }).fill('other');
      await page.keyboard.press('Enter');
    },
  },
  { name: 'setup-no-link', scenario: 'setup', path: '/setup', ready: '.entry-card .button' },
  ...['realtime', 'performance', 'privacy', 'settings'].flatMap((name): Shot[] => [
    {
      name,
      scenario: 'full',
      path: `/${name}`,
      ready:
        { realtime: '.feed-line', performance: '.vital-samples', privacy: '.receipt-when' }[name] ??
        '.settings-form',
    },
    { name: `${name}-hostile`, scenario: 'hostile', path: `/${name}`, ready: '.page .card' },
    { name: `${name}-empty`, scenario: 'empty', path: `/${name}`, ready: '.page .card' },
    { name: `${name}-loading`, scenario: 'loading', path: `/${name}`, ready: '.bone' },
    { name: `${name}-error`, scenario: 'error', path: `/${name}`, ready: '.page .card' },
  ]),
  { name: 'today', scenario: 'full', path: '/?p=day&cmp=previous', ready: '.bar-fill' },
  {
    name: 'performance-causes',
    scenario: 'full',
    path: '/performance?f=is:country:DE&f=is:source:google&f=is_not:device_type:tablet',
    ready: '.vital-samples',
    then: async (page) => {
      await page.locator('.speed-open').nth(1).click();
      await page.locator('.causes-table code').first().waitFor();
    },
  },
  {
    name: 'performance-causes-hostile',
    scenario: 'hostile',
    path: '/performance',
    ready: '.vital-samples',
    then: async (page) => {
      await page.locator('.speed-open').nth(0).click();
      await page.locator('.causes-table code').first().waitFor();
    },
  },
  {
    name: 'performance-untold',
    scenario: 'full',
    path: '/performance?by=page',
    ready: '.vital-samples',
    then: async (page) => {
      await page.locator('.speed-open').nth(3).click();
      await page.locator('.causes-none').waitFor();
    },
  },
  {
    name: 'performance-nothing',
    scenario: 'nothing',
    path: '/performance?f=is:country:DE',
    ready: '.nothing',
  },
  ...['full', 'broken'].map((scenario): Shot => ({
    name: `privacy-chain-${scenario}`,
    scenario,
    path: '/privacy',
    ready: '.receipt-when',
    then: async (page) => {
      await page.getByRole('button', { name: 'Check the chain' }).click();
      await page.getByText(/^The chain is/).waitFor();
    },
  })),
  ...['found', 'erase'].map((name): Shot => ({
    name: `privacy-${name}`,
    scenario: 'full',
    path: '/privacy',
    ready: '.kept-table td[data-column]',
    then: async (page) => {
      await page.getByLabel('E-mail address').fill('anna@example.com');
      await page.keyboard.press('Enter');
      await page.locator('.found-facts').waitFor();
      if (name === 'erase') await page.getByRole('button', { name: 'Erase…' }).click();
    },
  })),
  {
    name: 'settings-consent',
    scenario: 'full',
    path: '/settings',
    ready: '.settings-form',
    then: async (page) => {
      await page.getByLabel('Mode without a choice').selectOption('full');
      await page.getByRole('button', { name: 'Add a place' }).click();
      await page.getByLabel('Place 3: where').fill('Bavaria');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('is no place').waitFor();
    },
  },
  {
    name: 'settings-wrong',
    scenario: 'full',
    path: '/settings',
    ready: '.settings-form',
    then: async (page) => {
      await page.getByLabel('Addresses and networks').fill('my office');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('is no network').waitFor();
    },
  },
  {
    name: 'settings-dialog',
    scenario: 'full',
    path: '/settings',
    ready: '.settings-form',
    then: async (page) => {
      await page.getByRole('button', { name: 'Make a new secret' }).click();
    },
  },
  { name: 'setup-spent', scenario: 'demo', path: '/setup#spent', ready: '.form-error' },
];

const only = process.argv[3]?.split(',');
const browser = await launch();
for (const shot of SHOTS.filter(({ name }) => !only || only.includes(name))) {
  for (const [width, viewport] of Object.entries({ 390: PHONE, 1440: DESK })) {
    for (const dark of [false, true]) {
      const { page, faults, close } = await open(browser, { ...shot, viewport, dark, still: true });
      page.setDefaultTimeout(5_000);
      await page.locator(shot.ready).first().waitFor();
      await shot.then?.(page).catch((error: unknown) => faults.push(String(error)));
      await pause(250);
      const file = `${shot.name}-${width}-${dark ? 'dark' : 'light'}.png`;
      await page.screenshot({ path: path.join(folder, file), fullPage: true });
      console.log(file, faults.join(' | '));
      await close();
    }
  }
}
await browser.close();
