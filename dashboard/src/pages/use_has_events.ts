// Has the site ever had an event? Only an empty screen without filters raises the question, and only then is it asked.
import { useEffect, useState } from 'preact/hooks';
import * as api from '../core/api.ts';
import type { Report } from '../core/api.ts';
import type { Loaded } from '../core/use_answers.ts';

/** The rows say nothing of that: a series has one for every hour or day, whatever happened in it. */
export function isEmpty({ totals }: Report): boolean {
  return !['events', 'page_views', 'sessions'].some((metric) => (totals[metric] ?? 0) > 0);
}

const EVER = { metrics: ['events'], dimensions: [], date_range: 'all' };

/** Null while it is not known. */
export function useHasEvents(site: number | null, loaded: Loaded | null): boolean | null {
  const [known, setKnown] = useState<{ site: number; has: boolean } | null>(null);
  const empty = loaded !== null && loaded.query.filters === undefined && isEmpty(loaded.report);
  const shown = known?.site === site ? known.has : null;
  useEffect(() => {
    if (site === null || !empty || shown === true) return undefined;
    const abort = new AbortController();
    const finish = (has: boolean) => {
      if (!abort.signal.aborted) setKnown({ site, has });
    };
    api.answers(site, [EVER], abort.signal).then(
      ([report]) => {
        finish(report !== undefined && !isEmpty(report));
      },
      // When it cannot be found out, an empty chart is shown rather than a lesson that may be wrong.
      () => {
        finish(true);
      },
    );
    return () => {
      abort.abort();
    };
  }, [site, empty, loaded, shown]);
  if (loaded === null) return shown;
  return empty ? shown : true;
}
