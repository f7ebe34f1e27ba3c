/**
 * Pictures of the demo shop at two widths in both colour schemes.
 * usage: npm run screenshots -w browser-tests -- [BASE_URL|-] [OUTDIR]
 * With `-` (or nothing) the built shop is served by the tests' own collector.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { launch, newPage } from './src/browser.ts';
import { startCollector } from './src/collector.ts';
import { walkShop } from './src/shop.ts';

const [base = '-', folder = 'target/screenshots'] = process.argv.slice(2);
const WIDTHS = [390, 1440];
const SCHEMES = ['light', 'dark'] as const;

mkdirSync(folder, { recursive: true });
const collector = base === '-' ? await startCollector() : null;
const url = collector?.url ?? base.replace(/\/$/, '');
const browser = await launch();
for (const width of WIDTHS) {
  for (const colorScheme of SCHEMES) {
    const visit = await newPage(browser, {
      colorScheme,
      viewport: { width, height: width < 800 ? 844 : 900 },
      deviceScaleFactor: 1,
    });
    const { page, errors } = visit;
    await walkShop(page, url, async (name) => {
      // The first answers are in, so that the panel shows them.
      await page.waitForTimeout(600);
      await page.screenshot({
        path: path.join(folder, `shop-${name}-${width}-${colorScheme}.png`),
        fullPage: true,
      });
    });
    if (errors.length) console.error(`${width} ${colorScheme}:`, errors);
    await visit.close();
  }
}
await browser.close();
await collector?.close();
console.log(`written to ${folder}`);
