// Who is here now, in one strip.
import type { Site } from '../../core/api.ts';
import { Feed, PagesNow } from './lists.tsx';
import { LiveNow } from './live_now.tsx';
import { Minutes, NO_MINUTES } from './minutes.tsx';
import { usePresence } from './use_presence.ts';

interface Props {
  /** Null while the sites are not known: grey places, no stream. */
  site: Site | null;
  onActivity: () => void;
  onSignedOut: () => void;
}

export function LiveStrip({ site, onActivity, onSignedOut }: Props) {
  const live = usePresence(site?.id ?? null, { onActivity, onSignedOut });
  const { presence, activity, connected } = live;
  return (
    <section class="card live" aria-label="Live" data-connected={connected}>
      <LiveNow live={live} />
      <Minutes perMinute={presence?.perMinute ?? NO_MINUTES} loading={presence === null} />
      <PagesNow pages={presence?.pages ?? null} />
      <Feed activity={activity} loading={presence === null} zone={site?.timezone ?? 'UTC'} />
    </section>
  );
}
