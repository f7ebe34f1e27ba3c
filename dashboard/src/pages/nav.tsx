// The way from page to page: plain links, followed without loading anew.
import { go, PAGES, type PagePath } from '../core/navigation.ts';

const LABEL: Record<PagePath, string> = {
  '/': 'Overview',
  '/realtime': 'Realtime',
  '/performance': 'Performance',
  '/settings': 'Settings',
};

/** The title of a page; the overview has none beside the site's name. */
export function titleOf(path: string): string {
  const page = PAGES.find((known) => known === path);
  return page && page !== '/' ? LABEL[page] : '';
}

export function Nav({ path, search }: { path: string; search: string }) {
  const follow = (event: MouseEvent, page: PagePath) => {
    // With a modifier or another button the browser opens a tab or a window.
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (page !== path) go(page);
  };
  return (
    <nav class="nav" aria-label="Pages">
      {PAGES.map((page) => (
        <a
          key={page}
          class="nav-link"
          href={page + search}
          aria-current={page === path ? 'page' : undefined}
          onClick={(event) => {
            follow(event, page);
          }}
        >
          {LABEL[page]}
        </a>
      ))}
    </nav>
  );
}
