/** A visitor of the demo shop. */
import type { Page } from 'playwright-core';

/** Walks the whole shop: list, product, its tab by `pushState`, cart, checkout, thank-you. Ends on the thank-you page. */
export async function walkShop(
  page: Page,
  url: string,
  onPage: (name: string) => Promise<void>,
): Promise<void> {
  await page.goto(`${url}/demo/`);
  await onPage('list');
  await page.click('a[href="/demo/p/ember-lamp"]');
  await page.waitForURL('**/demo/p/ember-lamp');
  await onPage('product');
  await page.click('a[href^="/demo/p/ember-lamp/care"]');
  await page.waitForURL('**/demo/p/ember-lamp/care');
  await onPage('product-care');
  await page.click('text="Add to cart"');
  await page.click('text="Go to the cart"');
  await page.waitForURL('**/demo/cart');
  await onPage('cart');
  await page.click('text="To checkout"');
  await page.waitForURL('**/demo/checkout');
  await onPage('checkout');
  await page.click('text="Continue to payment"');
  await page.click('text="Place the order"');
  await page.waitForURL('**/demo/thank-you');
  await onPage('thank-you');
}
