// How a site is measured, how its pages are connected, and who may look.
import { useCallback, useState } from 'preact/hooks';
import { Bone, Failure } from '../../core/ui/parts.tsx';
import type { PageProps } from '../places.tsx';
import { site as ask } from './api.ts';
import type { SiteSettings } from './draft.ts';
import { Install } from './install.tsx';
import { Secret } from './secret.tsx';
import { SiteForm } from './site_form.tsx';
import { Tokens } from './tokens.tsx';
import { useList } from '../../core/use_list.ts';
import { Users } from './users.tsx';

type OfSite = Omit<PageProps, 'site'> & { site: NonNullable<PageProps['site']> };

function OneSite({ site, email, onSiteChanged, onSignedOut }: OfSite) {
  const load = useCallback(() => ask(site.id), [site.id]);
  const { items: found, problem, reload } = useList(load, onSignedOut);
  const [saved, setSaved] = useState<SiteSettings | null>(null);
  const settings = saved ?? found;
  if (!settings) {
    return (
      <div class="card place-later">
        {problem ? <Failure problem={problem} retry={reload} /> : <Bone kind="block" />}
      </div>
    );
  }
  return (
    <>
      <Install siteKey={settings.key} domains={settings.lists.domains ?? []} />
      <SiteForm
        settings={settings}
        onSaved={(now) => {
          setSaved(now);
          onSiteChanged();
        }}
        onSignedOut={onSignedOut}
      />
      <Secret site={site.id} zone={site.timezone} />
      <Tokens site={site.id} zone={site.timezone} onSignedOut={onSignedOut} />
      <Users email={email} onSignedOut={onSignedOut} />
    </>
  );
}

export function SettingsPage(props: PageProps) {
  const { site } = props;
  return (
    <main class="page tall settings">
      <div class="toolbar">
        <div class="toolbar-words">
          <h1 class="toolbar-title">Settings</h1>
          <p class="toolbar-dates">{site?.domain ?? '\u00a0'}</p>
        </div>
      </div>
      {site ? (
        // Another site's form is another form.
        <OneSite key={site.id} {...props} site={site} />
      ) : (
        <div class="card place-later">
          <Bone kind="block" />
        </div>
      )}
    </main>
  );
}
