import { clean } from '../../core/address.ts';
import type { Page } from '../../core/page.ts';

/** What a metric says of the navigation it is of. */
export interface Navigation {
  navigationType: string;
  navigationURL?: string | undefined;
  /** Milliseconds since the document began. */
  navigationStartTime?: number | undefined;
}

/** When a page was first shown, in Unix milliseconds, as its UUIDv7 says. */
function since({ page_view }: Page): number {
  return parseInt(page_view.replace('-', '').slice(0, 12), 16);
}

/**
 * The page that a metric belongs to. The document's own load is the first page. A page from the back/forward cache is
 * the one that began with its restoring, whatever its address. A soft navigation is told by its address, and
 * by its time where an address was shown more than once.
 */
export function pageOf(pages: readonly Page[], navigation: Navigation, timeOrigin: number): Page | undefined {
  const { navigationType, navigationURL = '', navigationStartTime = 0 } = navigation;
  const soft = navigationType === 'soft-navigation';
  if (!soft && navigationType !== 'back-forward-cache') return pages[0];
  const url = clean(navigationURL);
  const same = soft ? pages.filter((page) => page.url === url) : [];
  const start = timeOrigin + navigationStartTime;
  const distance = (page: Page): number => Math.abs(since(page) - start);
  return [...(same.length ? same : pages)].sort((a, b) => distance(a) - distance(b))[0];
}
