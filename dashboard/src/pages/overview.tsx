// The first screen of a site: who is here now, how the period went, which pages were seen, where visits come from.
import { useEffect, useMemo, useState } from 'preact/hooks';
import * as api from '../core/api.ts';
import type { Site } from '../core/api.ts';
import { datesOf } from '../core/buckets.ts';
import { format } from '../core/format.ts';
import { RANGE_KEYS, useKeys } from '../core/keys.ts';
import { browserTimers, createRefresher } from '../core/refresh.ts';
import { RANGE_LABEL, RANGES, type Range, type View } from '../core/url.ts';
import { useReport } from '../core/use_report.ts';
import { wallClock } from '../core/zone.ts';
import { LiveStrip } from '../modules/active_users/live_strip.tsx';
import { FIRST_LIMIT, TopPages } from '../modules/page_analytics/top_pages.tsx';
import { Trend } from '../modules/sessions/trend.tsx';
import { FirstSteps } from './first_steps.tsx';
import { Rankings } from './rankings.tsx';
import { useHasEvents } from './use_has_events.ts';
import type { SetView } from './use_view.ts';

interface Props {
  site: Site | null;
  view: View;
  demo: boolean;
  onView: SetView;
  onSignedOut: () => void;
}

function useRefresher() {
  const refresher = useMemo(() => createRefresher(browserTimers), []);
  useEffect(() => {
    const onVisibility = () => {
      refresher.setVisible(!document.hidden);
    };
    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      refresher.stop();
    };
  }, [refresher]);
  return refresher;
}

function Toolbar({
  range,
  zone,
  onRange,
}: {
  range: Range;
  zone: string | null;
  onRange: (range: Range) => void;
}) {
  const [from, to] = datesOf(range, wallClock(Date.now(), zone ?? 'UTC').slice(0, 10));
  return (
    <div class="toolbar">
      <div class="toolbar-words">
        <h1 class="toolbar-title">{RANGE_LABEL[range].long}</h1>
        <p class="toolbar-dates">{zone === null ? '\u00a0' : `${format.dates(from, to)} · ${zone}`}</p>
      </div>
      <div class="segments" role="group" aria-label="Period">
        {RANGES.map((each) => (
          <button
            key={each}
            type="button"
            class="segment"
            aria-pressed={each === range}
            title={RANGE_LABEL[each].long}
            onClick={() => {
              onRange(each);
            }}
          >
            {RANGE_LABEL[each].short}
          </button>
        ))}
      </div>
    </div>
  );
}

export function Overview({ site, view, demo, onView, onSignedOut }: Props) {
  const { range, metric } = view;
  const siteId = site?.id ?? null;
  const refresher = useRefresher();
  const [limit, setLimit] = useState(FIRST_LIMIT);
  const onRange = (next: Range) => {
    onView({ range: next }, 'new');
  };
  useKeys((key) => {
    const next = RANGE_KEYS[key];
    if (next) onRange(next);
  });
  const trend = useReport({ site: siteId, range, variant: '' }, api.overview, refresher, onSignedOut);
  const top = useReport(
    { site: siteId, range, variant: String(limit) },
    (id, of, signal) => api.ranking('pages', id, of, limit, signal),
    refresher,
    onSignedOut,
  );
  const hasEvents = useHasEvents(siteId, trend.loaded);
  // Whether a quiet period is a new site is not known yet: the figures wait for it.
  const reading = hasEvents === null && trend.loaded ? { ...trend, loaded: null } : trend;
  return (
    <main class="page">
      <LiveStrip site={site} onActivity={refresher.nudge} onSignedOut={onSignedOut} />
      {site && hasEvents === false ? (
        <FirstSteps site={site} demo={demo} />
      ) : (
        <>
          <Toolbar range={range} zone={site?.timezone ?? null} onRange={onRange} />
          <Trend
            zone={site?.timezone ?? 'UTC'}
            reading={reading}
            metric={metric}
            onMetric={(next) => {
              onView({ metric: next }, 'keep');
            }}
          />
          <TopPages zone={site?.timezone ?? 'UTC'} reading={top} limit={limit} onLimit={setLimit} />
          <Rankings asked={{ site: siteId, zone: site?.timezone ?? 'UTC', range, refresher, onSignedOut }} />
        </>
      )}
    </main>
  );
}
