// The signed-in pages: asks who is there and for which sites, then shows the page that the path names. Until the answers
// are in, it stands there with grey places of its final size.
import { useCallback, useEffect, useState } from 'preact/hooks';
import * as api from '../core/api.ts';
import type { About, Me, Site } from '../core/api.ts';
import { go, leaving } from '../core/navigation.ts';
import { asProblem, type Problem } from '../core/problem.ts';
import { Failure } from '../core/ui/parts.tsx';
import { knownZone } from '../core/zone.ts';
import { Footer, Header } from './frame.tsx';
import { titleOf } from './nav.tsx';
import { NoSite } from './no_site.tsx';
import { Place } from './places.tsx';
import { SiteWarnings } from './site_warnings.tsx';
import { useView } from './use_view.ts';

const RETRY_MS = 4_000;
const WARNINGS_MS = 60_000;

interface Session {
  me: Me;
  sites: Site[];
}

/** Signed out elsewhere, or never signed in; after the login the same view comes back. */
function toLogin(): void {
  go('/login');
}

async function load(): Promise<Session> {
  const me = await api.me();
  // Only then: with nobody there, the first answer says it all.
  const sites = await api.sites();
  return { me, sites: sites.map((site) => ({ ...site, timezone: knownZone(site.timezone) })) };
}

/** The same object where nothing has changed: what is open on the page then stays as it is. */
function changed(before: Session | null, found: Session): Session {
  return before && JSON.stringify(before.sites) === JSON.stringify(found.sites) ? before : found;
}

export function Home({ path }: { path: string }) {
  const [session, setSession] = useState<Session | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [about, setAbout] = useState<About | null>(null);
  const [view, setView] = useView();

  const start = useCallback(() => {
    load().then(
      (found) => {
        setSession(found);
        setProblem(null);
      },
      (error: unknown) => {
        const found = asProblem(error);
        if (found.status === 401) toLogin();
        else setProblem(found);
      },
    );
    // The footer's version is not worth an error.
    api.about().then(setAbout, () => {});
  }, []);
  useEffect(start, [start]);
  const siteless = session?.sites.length === 0;
  useEffect(() => {
    // A server that is starting, away for a moment or without a site is asked again until that has changed.
    const away = problem !== null && (problem.status === 0 || problem.status >= 500);
    if (!away && !siteless) return undefined;
    const timer = setTimeout(start, RETRY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [problem, session, siteless, start]);

  const open = session !== null && problem === null;
  useEffect(() => {
    if (!open) return undefined;
    // What is to be mended shows while the page stays open, and goes when it is.
    const timer = setInterval(() => {
      if (!document.hidden)
        load().then(
          (found) => {
            setSession((before) => changed(before, found));
          },
          () => {},
        );
    }, WARNINGS_MS);
    return () => {
      clearInterval(timer);
    };
  }, [open]);

  const site = session?.sites.find(({ id }) => id === view.site) ?? session?.sites[0] ?? null;
  const domain = site?.domain;
  useEffect(() => {
    document.title = [titleOf(path), domain, 'Universal Tracking'].filter(Boolean).join(' · ');
  }, [path, domain]);

  const signOut = () => {
    api.logOut().then(
      () => {
        go('/login', '');
      },
      (error: unknown) => {
        const found = asProblem(error);
        if (found.status === 401) toLogin();
        else setProblem(found);
      },
    );
  };
  return (
    <>
      <Header
        path={path}
        sites={session?.sites ?? []}
        site={site}
        email={session?.me.email ?? ''}
        demo={about?.demo === true}
        onSite={(id) => {
          // Refused, the same view again gives the list its old choice back.
          setView({ site: leaving() ? id : (site?.id ?? null) }, 'new');
        }}
        onSignOut={signOut}
      />
      {problem ? (
        <main class="page">
          <div class="card">
            <Failure problem={problem} retry={start} />
          </div>
        </main>
      ) : siteless ? (
        <main class="page">
          <NoSite />
        </main>
      ) : (
        <>
          <SiteWarnings warnings={site?.warnings ?? []} />
          <Place
            path={path}
            site={site}
            view={view}
            demo={about?.demo === true}
            email={session?.me.email ?? ''}
            onView={setView}
            onSignedOut={toLogin}
            onSiteChanged={start}
          />
        </>
      )}
      <Footer version={about?.version ?? ''} />
    </>
  );
}
