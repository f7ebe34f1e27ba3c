// The first screen of a site: who is here now, how the period went, which pages were seen, where visits come from.
import { useState } from 'preact/hooks';
import type { Site } from '../core/api.ts';
import { addFilter, type Filter } from '../core/filters.ts';
import { PERIOD_KEYS, useKeys } from '../core/keys.ts';
import type { Period } from '../core/period.ts';
import { asProblem } from '../core/problem.ts';
import type { Ranking } from '../core/ranking.ts';
import { saveRanking } from '../core/ranking_file.ts';
import { FilterBar } from '../core/ui/filter_bar.tsx';
import { Failure } from '../core/ui/parts.tsx';
import type { View } from '../core/url.ts';
import { LiveStrip } from '../modules/active_users/live_strip.tsx';
import { Trend } from '../modules/sessions/trend.tsx';
import { FirstSteps } from './first_steps.tsx';
import { NothingMatches } from './nothing_matches.tsx';
import { Opened, useDialogsAhead, type Dialogue } from './opened.tsx';
import { Rankings } from './rankings.tsx';
import { Toolbar } from './toolbar.tsx';
import { isEmpty, useHasEvents } from './use_has_events.ts';
import { useRefresher } from './use_refresher.ts';
import { useScreen } from './use_screen.ts';
import type { SetView } from './use_view.ts';

interface Props {
  site: Site | null;
  view: View;
  demo: boolean;
  onView: SetView;
  onSignedOut: () => void;
}

/** Single keys of this screen. */
function useScreenKeys(
  active: boolean,
  onPeriod: (period: Period) => void,
  onCompare: () => void,
  open: (it: Dialogue) => void,
) {
  useKeys((key, event) => {
    // A dialog that is on its way has the keyboard already.
    if (!active) return;
    const period = PERIOD_KEYS[key];
    if (period) onPeriod(period);
    else if (key === 'x') onCompare();
    else if (key === 'f') open({ kind: 'chooser' });
    else if (key === '/') open({ kind: 'palette' });
    else return;
    // Firefox would search in the page, and what opens must not receive the letter.
    event.preventDefault();
  });
}

export function Overview({ site, view, demo, onView, onSignedOut }: Props) {
  const { range, metric, compare, filters } = view;
  const siteId = site?.id ?? null;
  const zone = site?.timezone ?? 'UTC';
  const refresher = useRefresher();
  const screen = useScreen(site, view, refresher, onSignedOut);
  const [dialogue, setDialogue] = useState<Dialogue | null>(null);
  const hasEvents = useHasEvents(siteId, screen.trend.loaded);

  useDialogsAhead(screen.trend.loaded !== null);

  const onFilters = (next: readonly Filter[]) => {
    onView({ filters: next }, 'new');
  };
  const onFilter = (dimension: string, value: string, not: boolean) => {
    setDialogue(null);
    onFilters(addFilter(filters, { operator: 'is', not, dimension, values: [value] }));
  };
  const onPeriod = (next: Period) => {
    if (next === 'custom') setDialogue({ kind: 'dates' });
    else onView({ range: next, dates: null, unit: null }, 'new');
  };
  useScreenKeys(
    dialogue === null,
    onPeriod,
    () => {
      onView({ compare: compare ? null : 'previous' }, 'new');
    },
    setDialogue,
  );
  const onMore = (ranking: Ranking) => {
    setDialogue({ kind: 'more', ranking });
  };
  const onFile = (ranking: Ranking) => {
    if (!site) return;
    setDialogue(null);
    saveRanking(site, screen.scope, ranking).catch((error: unknown) => {
      const retry = () => {
        onFile(ranking);
      };
      setDialogue({ kind: 'problem', problem: asProblem(error), retry });
    });
  };
  const { trend } = screen;
  const nothing =
    trend.loaded !== null && trend.loaded.query.filters !== undefined && isEmpty(trend.loaded.report);
  const refused =
    filters.length > 0 && trend.problem?.fields.some(({ field }) => field.startsWith('filters'));
  // Whether a quiet period is a new site is not known yet: the figures wait for it.
  const reading = hasEvents === null && trend.loaded ? { ...trend, loaded: null } : trend;
  return (
    <main class="page">
      <LiveStrip site={site} onActivity={refresher.nudge} onSignedOut={onSignedOut} />
      {site && hasEvents === false ? (
        <FirstSteps site={site} demo={demo} />
      ) : (
        <>
          <Toolbar
            range={range}
            dates={screen.dates}
            compared={screen.compared}
            zone={site?.timezone ?? null}
            compare={compare}
            onPeriod={onPeriod}
            onCompare={(next) => {
              onView({ compare: next }, 'new');
            }}
            onSearch={() => {
              setDialogue({ kind: 'palette' });
            }}
            onAddFilter={() => {
              setDialogue({ kind: 'chooser' });
            }}
          />
          <FilterBar filters={filters} onFilters={onFilters} />
          {refused && trend.problem ? (
            <div class="card">
              <Failure problem={trend.problem} retry={trend.retry} />
            </div>
          ) : nothing ? (
            <NothingMatches
              pending={trend.pending}
              onClear={() => {
                onFilters([]);
              }}
            />
          ) : (
            <>
              <Trend
                site={site?.domain ?? ''}
                zone={zone}
                reading={reading}
                metric={metric}
                onMetric={(next) => {
                  onView({ metric: next }, 'keep');
                }}
                unit={screen.unit}
                units={screen.units}
                onUnit={(next) => {
                  onView({ unit: next }, 'keep');
                }}
              />
              <Rankings
                cards={view.cards}
                onCards={(cards) => {
                  onView({ cards }, 'keep');
                }}
                read={screen.read}
                zone={zone}
                onFilter={onFilter}
                onMore={onMore}
                onFile={onFile}
              />
            </>
          )}
        </>
      )}
      {site && dialogue && (
        <Opened
          dialogue={dialogue}
          site={site}
          screen={screen}
          view={view}
          onView={onView}
          onFilter={onFilter}
          onClose={() => {
            setDialogue(null);
          }}
        />
      )}
    </main>
  );
}
