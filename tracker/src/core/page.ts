import { clean } from './address.ts';
import { uuidv7 } from './ids.ts';

/** One showing of one page, as every event on it says it. */
export interface Page {
  /** Its UUIDv7, which also tells since when it is shown. */
  page_view: string;
  /** Number of the last event on it. */
  seq: number;
  /** Its cleaned address. Another one is another page; a changed fragment or history state is not. */
  url: string;
  /** Where the visitor came from: the page shown before in this tab's document, else what the browser says. */
  referrer: string;
}

/** The address that is shown, as it may be sent. */
export const address = (): string => clean(location.href);

/** The next page, shown now in place of `previous`. */
export function nextPage(previous: Page | null): Page {
  return {
    page_view: uuidv7(Date.now()),
    seq: 0,
    url: address(),
    // A page restored from the back/forward cache is no new arrival from the search engine it first came from.
    referrer: previous ? previous.url : clean(document.referrer),
  };
}
