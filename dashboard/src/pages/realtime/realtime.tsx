// What happens in the shop at this moment, in full.
import { Feed, PagesNow } from '../../modules/active_users/lists.tsx';
import { LiveNow } from '../../modules/active_users/live_now.tsx';
import { CountriesNow, WorldMap } from '../../modules/active_users/map.tsx';
import { Minutes, NO_MINUTES } from '../../modules/active_users/minutes.tsx';
import { FEED_LENGTH } from '../../modules/active_users/feed.ts';
import { usePresence } from '../../modules/active_users/use_presence.ts';
import type { PageProps } from '../places.tsx';

const PAGES = 10;
const nothing = () => {};

/** What an empty shop shows: how to see somebody. */
function Nobody({ demo }: { demo: boolean }) {
  return (
    <div class="realtime-empty">
      <h2 class="failure-title">Nobody has been here for 30 minutes</h2>
      <p>
        Open a page of your shop in another tab: it shows up here within a second or two.{' '}
        {demo && (
          <a href="/demo/" target="_blank" rel="noopener">
            Open the demo shop
          </a>
        )}
      </p>
    </div>
  );
}

export function RealtimePage({ site, demo, onSignedOut }: PageProps) {
  const live = usePresence(site?.id ?? null, { onActivity: nothing, onSignedOut });
  const { presence, countries, activity, connected } = live;
  const empty = presence?.last30 === 0;
  return (
    <main class="page tall realtime">
      <div class="toolbar">
        <div class="toolbar-words">
          <h1 class="toolbar-title">Realtime</h1>
          <p class="toolbar-dates">Every second, the last 30 minutes</p>
        </div>
      </div>
      <section class="card live realtime-now" aria-label="Live" data-connected={connected}>
        <LiveNow live={live} />
        <Minutes perMinute={presence?.perMinute ?? NO_MINUTES} loading={presence === null} />
      </section>
      <section class="card realtime-map" aria-label="Where">
        <div class="realtime-world">
          <WorldMap countries={countries} />
          {/* Over the map, which is empty then: nothing moves for it. */}
          {empty && <Nobody demo={demo} />}
        </div>
        <CountriesNow countries={countries} />
      </section>
      <section class="card realtime-lists" aria-label="What">
        <PagesNow pages={presence?.pages ?? null} rows={PAGES} />
        <Feed
          activity={activity}
          loading={presence === null}
          zone={site?.timezone ?? 'UTC'}
          rows={FEED_LENGTH}
        />
      </section>
    </main>
  );
}
