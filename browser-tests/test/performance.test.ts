// The performance page on a real server: its lines and what caused their values are what browsers told, under the filters
// that a measurement knows, and whoever made the words up, they are text.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, PERSON } from '../src/browser.ts';
import type { Visit } from '../src/browser.ts';
import { chance } from '../src/chance.ts';
import type { Site } from '../src/events.ts';
import { beOwner } from '../src/owner.ts';
import { reportsOf } from '../src/reports.ts';
import { startServer } from '../src/server.ts';
import type { Server } from '../src/server.ts';
import { waitFor } from '../src/wait.ts';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const PAGES = ['/', '/p/lamp', '/p/rug', '/cart'];
const TARGETS = [
  '#hero>img',
  'main>h1',
  '<img src=https://evil.example/x.png onerror=globalThis.breached=1>',
  'button.buy',
  'right\u202eto',
  'div.late',
  `div.${'long'.repeat(50)}`,
  '',
];
/** By what web-vitals calls the cause. */
const METRICS = { LCP: 'target', INP: 'interactionTarget', CLS: 'largestShiftTarget' } as const;
type Metric = keyof typeof METRICS;

interface Told {
  metric: Metric;
  id: string;
  page: string;
  mobile: boolean;
  zone: string;
  value: number;
  target: string;
}

let browser: Browser;
let server: Server;
let visit: Visit & { site: Site };
const told: Told[] = [];

async function send(all: Told[], mobile: boolean, tz: string): Promise<void> {
  const { key, domain } = visit.site;
  const now = Date.now();
  const events = all.map(({ metric, id, page, value, target }) => ({
    id: randomUUID(),
    name: 'web_vital',
    ts: now,
    page_view: randomUUID(),
    url: `https://${domain}${page}`,
    metric,
    value,
    metric_id: id,
    attribution: target === '' ? {} : { [METRICS[metric]]: target },
  }));
  const response = await fetch(`${server.url}/ut/e`, {
    method: 'POST',
    headers: {
      origin: `https://${domain}`,
      'content-type': 'text/plain',
      'user-agent': mobile ? PHONE : PERSON,
    },
    body: JSON.stringify({ site: key, sent_at: now, tz, consent: {}, events }),
  });
  assert.deepEqual(await response.json(), { accepted: events.length, rejected: [] });
}

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer('serve')]);
  visit = await beOwner(browser, server);
  const draw = chance(7);
  for (const mobile of [true, false]) {
    for (const zone of ['Europe/Berlin', 'Europe/Paris']) {
      const all = Array.from({ length: 90 }, (_, at): Told => {
        const metric = draw.of(Object.keys(METRICS) as Metric[]);
        const value = metric === 'CLS' ? draw.below(40) / 100 : 50 + draw.below(4_000);
        const id = `v-${String(mobile)}-${zone}-${at}`;
        return { metric, id, page: draw.of(PAGES), mobile, zone, value, target: draw.of(TARGETS) };
      });
      // Some are told again, grown, with another cause: that one counts.
      const grown = all
        .slice(0, 8)
        .map((one) => ({ ...one, value: one.value + 1, target: draw.of(TARGETS) }));
      await send(all, mobile, zone);
      await send(grown, mobile, zone);
      told.push(...all.slice(8), ...grown);
    }
  }
  // Every instance has arrived, and with it the table they are in.
  const reports = await reportsOf(server, 'shop.example');
  await waitFor('the measurements are in the history', async () => {
    const names = Object.keys(METRICS).map((metric) => `samples_${metric.toLowerCase()}`);
    const pages = await reports.byPage(names).catch(() => ({}));
    const samples = Object.values(pages).flatMap((of) => Object.values(of));
    return samples.reduce((sum, count) => sum + count, 0) === told.length;
  });
});
after(async () => {
  await browser.close();
  await server.stop();
});

const spell = (metric: Metric, value: number): string => {
  if (metric === 'CLS') return value.toFixed(2);
  return value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${Math.round(value)} ms`;
};

/** The least value that three quarters do not exceed, as it is written. */
function p75(metric: Metric, values: number[]): string {
  const least = values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.75) - 1];
  return least === undefined ? '–' : spell(metric, least);
}

const visible = (text: string): string => text.replace('\u202e', '\\u202e');

/** The five most frequent causes of a metric: name, samples, p75. */
function causesOf(all: Told[], metric: Metric): string[][] {
  const values = new Map<string, number[]>();
  for (const one of all.filter((other) => other.metric === metric && other.target !== ''))
    values.set(one.target, [...(values.get(one.target) ?? []), one.value]);
  const bytes = (text: string): Buffer => Buffer.from(text);
  return [...values]
    .sort(([a, one], [b, other]) => other.length - one.length || Buffer.compare(bytes(a), bytes(b)))
    .slice(0, 5)
    .map(([target, of]) => [visible(target), String(of.length), p75(metric, of)]);
}

/** The cells of a table, without what is only spoken. */
async function cells(page: Page, selector: string): Promise<string[][]> {
  return page.locator(selector).evaluateAll((rows) =>
    rows.map((row) =>
      [...row.children].map((cell) => {
        const copy = cell.cloneNode(true) as Element;
        copy.querySelectorAll('.unseen').forEach((spoken) => {
          spoken.remove();
        });
        return copy.textContent.replaceAll('\u00a0', ' ').trim();
      }),
    ),
  );
}

const ADDRESS = '/performance?p=7d&by=page&f=is:device_type:mobile&f=is:source:google&f=is_not:country:FR';

test('lines and causes are what browsers told, under the filters that hold', async () => {
  const { page } = visit;
  const mine = told.filter(({ mobile, zone }) => mobile && zone === 'Europe/Berlin');
  const samples = (all: Told[], metric: Metric): Told[] => all.filter((one) => one.metric === metric);
  await page.goto(server.url + ADDRESS);
  const names = Object.keys(METRICS) as Metric[];
  const expected = PAGES.map((path) => {
    const all = mine.filter((one) => one.page === path);
    const values = names.map((metric) =>
      p75(
        metric,
        samples(all, metric).map(({ value }) => value),
      ),
    );
    const most = Math.max(...names.map((metric) => samples(all, metric).length));
    return { all, line: [path, ...values, '–', '–', String(most)] };
  });
  const rows = '.speed-table > tbody > tr';
  await page.locator('.vital-samples').first().waitFor();
  assert.deepEqual((await cells(page, rows)).toSorted(), expected.map(({ line }) => line).toSorted());
  const idle = await page.locator('.chip-idle').allInnerTexts();
  assert.deepEqual(
    idle.map((text) => text.replace(/\s+/g, ' ').trim()),
    ['Source is google not applied here'],
  );
  let compared = 0;
  for (const { all, line } of expected) {
    await page.getByRole('button', { name: line[0] ?? '', exact: true }).click();
    for (const [metric, title] of [
      ['LCP', /^Largest element LCP/],
      ['INP', /^Slow to answer INP/],
      ['CLS', /^What moved CLS/],
    ] as const) {
      const table = page.getByRole('table', { name: title });
      await table.locator('caption').waitFor();
      const named = samples(all, metric).filter(({ target }) => target !== '').length;
      const words = `named in ${named} of ${samples(all, metric).length} samples`;
      await waitFor(`${metric} of ${line[0] ?? ''}`, async () =>
        (await table.locator('caption').innerText()).includes(words),
      );
      const place = ['LCP', 'INP', 'CLS'].indexOf(metric);
      const shown = await cells(page, `.causes-table >> nth=${place} >> tbody tr`);
      assert.deepEqual(shown, causesOf(all, metric), `${metric} of ${line[0] ?? ''}`);
      compared += shown.length;
    }
  }
  console.log(`${expected.length} lines and ${compared} causes compared`);
  assert.ok(compared > 30, `${compared}`);
});

test('what strangers call their elements is text', async () => {
  const { page } = visit;
  await page.goto(`${server.url}/performance?p=7d&by=page`);
  for (const path of PAGES) {
    await page.getByRole('button', { name: path, exact: true }).click();
    await page.locator('.causes-table code').first().waitFor();
  }
  assert.equal(await page.evaluate(() => 'breached' in globalThis), false);
  assert.equal(await page.locator('main img').count(), 0);
  assert.deepEqual(visit.errors, []);
});

test('the report says the same to programs', async () => {
  const { token } = await server.command<{ token: string }>('token', 'add', '--site', 'shop.example');
  const filters = JSON.stringify(['and', ['is', 'page', ['/p/lamp']], ['is', 'country', ['FR']]]);
  const query = new URLSearchParams({ site: 'shop.example', date_range: '7d', filters, limit: '5' });
  const response = await fetch(`${server.url}/api/v1/report/performance_targets?${query.toString()}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { rows } = (await response.json()) as {
    rows: { dimensions: { target: string }; metrics: { samples_lcp: number; p75_lcp: number | null } }[];
  };
  const french = told.filter(({ zone, page }) => zone === 'Europe/Paris' && page === '/p/lamp');
  const said = rows
    .filter(({ metrics }) => metrics.samples_lcp > 0)
    .map(({ dimensions, metrics }) => [
      visible(dimensions.target),
      String(metrics.samples_lcp),
      spell('LCP', metrics.p75_lcp ?? NaN),
    ]);
  assert.deepEqual(said, causesOf(french, 'LCP'));
});
