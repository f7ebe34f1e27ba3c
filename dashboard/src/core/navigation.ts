// The paths of one page. The server answers all of them with the same index.html.

/** The signed-in pages, in the order of the navigation. */
export const PAGES = ['/', '/realtime', '/performance', '/privacy', '/settings'] as const;
export type PagePath = (typeof PAGES)[number];

const moved = new EventTarget();
let mayLeave = () => true;
/** Where the page is, apart from the address bar: the browser's own buttons change that before they are heard. */
let here = location.pathname + location.search;

function arrived(): void {
  here = location.pathname + location.search;
  moved.dispatchEvent(new Event('move'));
}

addEventListener('popstate', () => {
  const samePage = here.split('?')[0] === location.pathname;
  if (samePage || mayLeave()) arrived();
  // Back was pressed already: the page that stays gets its address again.
  else history.pushState(null, '', here);
});

/** Goes to another path without loading the page anew. */
export function go(path: PagePath | '/login', search = location.search): void {
  if (path !== location.pathname && !mayLeave()) return;
  history.pushState(null, '', path + search);
  arrived();
}

/** Calls back when the address changes, by `go` or by the browser's own buttons. */
export function onMove(listener: () => void): () => void {
  moved.addEventListener('move', listener);
  return () => {
    moved.removeEventListener('move', listener);
  };
}

/** Asked before the page is left for another path, until the returned function is called. */
export function guardLeaving(ask: () => boolean): () => void {
  mayLeave = ask;
  return () => {
    if (mayLeave === ask) mayLeave = () => true;
  };
}

/** Whether what is shown may go, for another site for instance. */
export function leaving(): boolean {
  return mayLeave();
}

/** Writes a view into the address; `keep` replaces the present entry of the history. */
export function writeSearch(search: string, entry: 'new' | 'keep'): void {
  if (search === location.search) return;
  if (entry === 'new') history.pushState(null, '', search);
  else history.replaceState(null, '', search);
  here = location.pathname + location.search;
}

/**
 * The set-up link's token, taken out of the address at once: it must not stay in the history, in a screenshot or in
 * what somebody copies from the address bar.
 */
export function takeToken(): string {
  const token = location.hash.slice(1);
  if (token !== '') history.replaceState(null, '', location.pathname + location.search);
  return token;
}
