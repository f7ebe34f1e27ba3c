// Three paths of one page: `/`, `/login`, `/setup`. The server answers all of them with the same index.html.

const moved = new EventTarget();

/** Goes to another path without loading the page anew. */
export function go(path: '/' | '/login', search = location.search): void {
  history.pushState(null, '', path + search);
  moved.dispatchEvent(new Event('move'));
}

/** Calls back when the address changes, by `go` or by the browser's own buttons. */
export function onMove(listener: () => void): () => void {
  moved.addEventListener('move', listener);
  addEventListener('popstate', listener);
  return () => {
    moved.removeEventListener('move', listener);
    removeEventListener('popstate', listener);
  };
}

/** Writes a view into the address; `keep` replaces the present entry of the history. */
export function writeSearch(search: string, entry: 'new' | 'keep'): void {
  if (search === location.search) return;
  if (entry === 'new') history.pushState(null, '', search);
  else history.replaceState(null, '', search);
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
