// The overview's questions, made of the view, and their answers.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Site } from '../core/api.ts';
import type { Unit } from '../core/buckets.ts';
import type { Compared } from '../core/decode.ts';
import { conditionsOf } from '../core/filters.ts';
import { METRICS } from '../core/metrics.ts';
import { dateRangeOf, datesOf, daysOf, naturalUnit, unitsFor, type Dates } from '../core/period.ts';
import { queryOf, type Scope } from '../core/query.ts';
import type { Refresher } from '../core/refresh.ts';
import type { View } from '../core/url.ts';
import { useAnswers, type Reading } from '../core/use_answers.ts';
import { wallClock } from '../core/zone.ts';
import { cardQueries } from './rankings.tsx';

export interface Screen {
  scope: Scope;
  /** Null where only the server knows them, and has not said yet. */
  dates: Dates | null;
  compared: Compared | null;
  unit: Unit;
  units: readonly Unit[];
  trend: Reading;
  read: (id: string) => Reading;
}

/** How long "all time" is, as the last answer said it. */
function useAllDates(site: number | null): [Dates | null, (trend: Reading) => void] {
  const [known, setKnown] = useState<{ site: number | null; dates: Dates } | null>(null);
  const learn = ({ loaded }: Reading) => {
    const { from, to } = loaded?.report.meta ?? { from: null, to: null };
    if (loaded?.query.date_range !== 'all' || !from || !to) return;
    if (known?.site === site && known.dates[0] === from && known.dates[1] === to) return;
    setKnown({ site, dates: [from, to] });
  };
  return [known?.site === site ? known.dates : null, learn];
}

export function useScreen(
  site: Site | null,
  view: View,
  refresher: Refresher,
  onSignedOut: () => void,
): Screen {
  const { range, dates: custom, compare, filters, cards } = view;
  const siteId = site?.id ?? null;
  const today = wallClock(Date.now(), site?.timezone ?? 'UTC').slice(0, 10);
  const [all, learn] = useAllDates(siteId);
  const dates = datesOf({ range, dates: custom }, today) ?? all;
  const days = dates ? daysOf(dates) : 365;
  const units = unitsFor(days);
  const unit = view.unit && units.includes(view.unit) ? view.unit : naturalUnit(days);
  const scope = useMemo(
    (): Scope => ({
      date_range: dateRangeOf({ range, dates: custom }, today),
      filters: conditionsOf(filters),
      // Before all time there was nothing.
      compare: range === 'all' ? null : compare,
    }),
    [range, custom, today, filters, compare],
  );
  const queries = useMemo(
    () => ({
      trend: queryOf(scope, { metrics: METRICS, dimensions: [`time:${unit}`] }),
      ...cardQueries(scope, cards),
    }),
    [scope, unit, cards],
  );
  const read = useAnswers(siteId, queries, refresher, onSignedOut);
  const trend = read('trend');
  useEffect(() => {
    learn(trend);
  });
  const compared = scope.compare && !trend.pending ? (trend.loaded?.report.meta.compare ?? null) : null;
  return { scope, dates, compared, unit, units, trend, read };
}
