// The npm package in a real browser, bundled as a shop would: it brings the built tracker onto the page, once, and what
// was said before it came is not lost.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { launch, newPage } from '../src/browser.ts';
import { MEASURED, door } from '../src/choosing_page.ts';
import { SITE_KEY, startCollector } from '../src/collector.ts';
import { waitFor } from '../src/wait.ts';

const OPTIONS = `{ src: '/ut/ut.js', site: '${SITE_KEY}', vitals: 'off' }`;
const SHOPS = {
  plain: `
    import { consent, joinToken, load, ut } from '@universal-tracking/tracker';
    ut('early', { step: 1 });
    const none = joinToken();
    // No script is there or on its way.
    const unheard = consent({ analytics: false });
    load(${OPTIONS})('early', { step: 2 });
    load(${OPTIONS});
    // Asked for before the script is there.
    window.tokens = Promise.all([none, joinToken()]);
    window.chosen = Promise.all([unheard, consent({ analytics: true })]);
    document.querySelector('button').onclick = () => ut('pressed');`,
  react: `
    import { StrictMode, createElement, useEffect } from 'react';
    import { createRoot } from 'react-dom/client';
    import { ut } from '@universal-tracking/tracker';
    import { UniversalTracking, useUt } from '@universal-tracking/tracker/react';
    function Early() {
      useEffect(() => { ut('early', { step: 1 }); }, []);
    }
    function Shop() {
      const say = useUt(${OPTIONS});
      return createElement('button', { onClick: () => say('pressed') }, createElement(Early));
    }
    createRoot(document.querySelector('main')).render([
      createElement(UniversalTracking, { key: 1, ...${OPTIONS} }),
      createElement(StrictMode, { key: 2 }, createElement(Shop)),
    ]);`,
};

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const [name, contents] of Object.entries(SHOPS)) {
  test(`a ${name} shop`, async () => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: path.resolve(import.meta.dirname, '../../tracker/npm') },
      bundle: true,
      write: false,
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
    const html = `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
      <main><button>Press</button></main><script>${script}</script>`;
    const collector = await startCollector({ '/shop': html });
    collector.answerWith((request) =>
      request.url === '/ut/j' ? { status: 200, body: '{"token":"abc"}' } : door(MEASURED)(request),
    );
    const visit = await newPage(browser);
    try {
      await visit.page.goto(`${collector.url}/shop`);
      await waitFor('what was said early', () => collector.accepted('early').length > 0);
      await visit.page.click('button');
      await waitFor('the press', () => collector.accepted('pressed').length === 1);
      const tokens = await visit.page.evaluate('window.tokens');
      assert.deepEqual(tokens, name === 'plain' ? [null, 'abc'] : undefined);
      const chosen = await visit.page.evaluate('window.chosen');
      assert.deepEqual(chosen, name === 'plain' ? [null, MEASURED] : undefined);
      assert.equal(collector.events('page_view').length, 1);
      assert.equal(await visit.page.locator('script[data-site]').count(), 1);
      const steps = collector.events('early').map(({ props }) => props?.['step']);
      assert.deepEqual(steps, name === 'plain' ? ['1', '2'] : ['1']);
      assert.deepEqual(visit.errors, []);
    } finally {
      await visit.close();
      await collector.close();
    }
  });
}
