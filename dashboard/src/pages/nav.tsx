// The way from page to page.
import type { ComponentChildren } from 'preact';
import { go, PAGES, type PagePath } from '../core/navigation.ts';

const LABEL: Record<PagePath, string> = {
  '/': 'Overview',
  '/realtime': 'Realtime',
  '/performance': 'Performance',
  '/privacy': 'Privacy',
  '/settings': 'Settings',
};

/** The title of a page; the overview has none beside the site's name. */
export function titleOf(path: string): string {
  const page = PAGES.find((known) => known === path);
  return page && page !== '/' ? LABEL[page] : '';
}

interface LinkProps {
  to: PagePath;
  /** Where one is. */
  path: string;
  search?: string;
  class: string;
  children: ComponentChildren;
}

/** A plain link to another page, followed without loading anew. */
export function PageLink({ to, path, search = location.search, class: name, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    // With a modifier or another button the browser opens a tab or a window.
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (to !== path) go(to);
  };
  return (
    <a class={name} href={to + search} aria-current={to === path ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}

export function Nav({ path, search }: { path: string; search: string }) {
  return (
    <nav class="nav" aria-label="Pages">
      {PAGES.map((page) => (
        <PageLink key={page} to={page} path={path} search={search} class="nav-link">
          {LABEL[page]}
        </PageLink>
      ))}
    </nav>
  );
}
