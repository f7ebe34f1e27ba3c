// The page a path names. All but the overview are loaded when they are first opened.
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Site } from '../core/api.ts';
import { Problem } from '../core/problem.ts';
import { Bone, Failure } from '../core/ui/parts.tsx';
import type { View } from '../core/url.ts';
import { titleOf } from './nav.tsx';
import { Overview } from './overview.tsx';
import type { SetView } from './use_view.ts';

export interface PageProps {
  /** Null while the sites are not known. */
  site: Site | null;
  view: View;
  demo: boolean;
  /** Of who is signed in. */
  email: string;
  onView: SetView;
  onSignedOut: () => void;
  /** The site was changed: what the frame shows of it is to be asked again. */
  onSiteChanged: () => void;
}

type Page = ComponentType<PageProps>;

const LATER: Partial<Record<string, () => Promise<Page>>> = {
  '/realtime': () => import('./realtime/realtime.tsx').then(({ RealtimePage }) => RealtimePage),
  '/performance': () =>
    import('./performance/performance.tsx').then(({ PerformancePage }) => PerformancePage),
  '/privacy': () => import('./privacy/privacy.tsx').then(({ PrivacyPage }) => PrivacyPage),
  '/settings': () => import('./settings/settings.tsx').then(({ SettingsPage }) => SettingsPage),
};

const loaded = new Map<string, Page>();

const NOT_LOADED = new Problem(
  0,
  'This page could not be loaded',
  'The server cannot be reached, or was replaced by a newer version meanwhile.',
);

/** A page that comes in a file of its own. */
function Later({ path, load, props }: { path: string; load: () => Promise<Page>; props: PageProps }) {
  const [shown, setShown] = useState<{ path: string; page: Page | null }>({
    path,
    page: loaded.get(path) ?? null,
  });
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    setFailed(false);
    load().then(
      (page) => {
        loaded.set(path, page);
        if (wanted) setShown({ path, page });
      },
      () => {
        if (wanted) setFailed(true);
      },
    );
    return () => {
      wanted = false;
    };
  }, [path, load]);
  const Page = shown.path === path ? shown.page : loaded.get(path);
  if (Page) return <Page {...props} />;
  return (
    <main class="page tall" aria-busy={!failed}>
      <div class="toolbar">
        <h1 class="toolbar-title">{titleOf(path)}</h1>
      </div>
      <div class="card place-later">
        {failed ? (
          <Failure
            problem={NOT_LOADED}
            retry={() => {
              // A browser remembers that a script failed: only a new page asks again.
              location.reload();
            }}
          />
        ) : (
          <Bone kind="block" />
        )}
      </div>
    </main>
  );
}

export function Place({ path, ...props }: PageProps & { path: string }) {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    scrollTo(0, 0);
  }, [path]);
  const load = LATER[path];
  return load ? <Later path={path} load={load} props={props} /> : <Overview {...props} />;
}
