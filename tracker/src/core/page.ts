import { clean } from './address.ts';
import { uuidv7 } from './ids.ts';

/** One showing of one page. */
export interface Page {
  /** Its UUIDv7. */
  id: string;
  /** Its cleaned address. */
  url: string;
  /** Where the visitor came from: the page shown before in this tab's document, else what the browser says. */
  referrer: string;
  /** Number of the last event on it. */
  seq: number;
  /** What makes it another page than the one before. */
  key: string;
}

/** Path and query: a changed fragment or history state is still the same page. */
export function addressKey(): string {
  return location.pathname + location.search;
}

/** The next page, shown now in place of `previous`. */
export function nextPage(previous: Page | null): Page {
  return {
    id: uuidv7(Date.now()),
    url: clean(location.href),
    // A page restored from the back/forward cache is no new arrival from the search engine it first came from.
    referrer: previous ? previous.url : clean(document.referrer),
    seq: 0,
    key: addressKey(),
  };
}
