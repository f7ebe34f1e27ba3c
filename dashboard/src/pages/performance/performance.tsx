// How fast the shop's pages are for its visitors.
import { useMemo, useState } from 'preact/hooks';
import type { Site } from '../../core/api.ts';
import { addFilter, type Filter } from '../../core/filters.ts';
import { useKeys } from '../../core/keys.ts';
import { AddFilter, FilterBar } from '../../core/ui/filter_bar.tsx';
import { CopyButton, Failure } from '../../core/ui/parts.tsx';
import { Segments } from '../../core/ui/segments.tsx';
import { applies, BY, KNOWN, PERIODS, scopeOf, type Period } from '../../modules/performance/ask.ts';
import { SpeedTable } from '../../modules/performance/table.tsx';
import { Tiles } from '../../modules/performance/tiles.tsx';
import { useSpeed } from '../../modules/performance/use_speed.ts';
import { measuredIn, VITALS } from '../../modules/performance/vitals.ts';
import { Chooser } from '../dialogs/chooser.tsx';
import { snippetOf } from '../first_steps.tsx';
import { NothingMatches } from '../nothing_matches.tsx';
import type { PageProps } from '../places.tsx';

const LABEL: Record<Period, { short: string; long: string }> = {
  '7d': { short: '7 d', long: 'Last 7 days' },
  '30d': { short: '30 d', long: 'Last 30 days' },
  '90d': { short: '90 d', long: 'Last 90 days' },
  '12mo': { short: '12 mo', long: 'Last 12 months' },
};

/** Of the period the other pages show; one day is too short to judge by. */
function periodOf(range: string): Period {
  return PERIODS.find((known) => known === range) ?? '30d';
}

/** Nothing is measured yet: how it begins, and what to wait for. */
function FirstMeasures({ site }: { site: Site }) {
  const snippet = snippetOf(site.key);
  return (
    <section class="card steps" aria-labelledby="measures-title">
      <h2 class="steps-title" id="measures-title">
        No measurements yet
      </h2>
      <p class="steps-lead">
        The snippet measures by itself, unless it says <code class="nowrap">data-vitals="off"</code>. When the
        page is at rest it loads a second small script from your own domain.
      </p>
      <div class="snippet">
        <code tabIndex={0}>{snippet}</code>
        <CopyButton text={snippet} />
      </div>
      <p class="steps-lead">
        Values are sent when a visitor leaves the page, so the first ones take a few minutes. From 50 samples
        on, a value is a judgement.
      </p>
    </section>
  );
}

export function PerformancePage({ site, view, onView, onSignedOut }: PageProps) {
  const [choosing, setChoosing] = useState(false);
  const { filters } = view;
  const by = BY.find((known) => known === view.by) ?? BY[0];
  const period = periodOf(view.range);
  const scope = useMemo(() => scopeOf(period, filters), [period, filters]);
  const { totals, rows, problem, pending, retry } = useSpeed(site?.id ?? null, scope, by, onSignedOut);
  const onFilters = (next: readonly Filter[]) => {
    onView({ filters: next }, 'new');
  };
  const onlyOf = (value: string) => {
    const next = addFilter(filters, { operator: 'is', not: false, dimension: by, values: [value] });
    const known = ({ operator, not, dimension, values }: Filter) =>
      operator === 'is' && !not && dimension === by && values.length === 1 && values[0] === value;
    return filters.some(known)
      ? null
      : () => {
          onFilters(next);
        };
  };
  useKeys((key, event) => {
    if (key !== 'f' || choosing) return;
    event.preventDefault();
    setChoosing(true);
  });
  const none = totals !== null && VITALS.every((vital) => measuredIn(totals, vital).samples === 0);
  return (
    <main class="page tall">
      <div class="toolbar">
        <div class="toolbar-words">
          <h1 class="toolbar-title">Performance</h1>
          <p class="toolbar-dates">
            {LABEL[period].long}: three of four visits are at least this fast (75th percentile)
          </p>
        </div>
        <div class="toolbar-actions">
          <AddFilter
            onPress={() => {
              setChoosing(true);
            }}
          />
          <Segments
            name={{ label: 'Period' }}
            choices={PERIODS}
            chosen={period}
            wordsOf={(each) => LABEL[each].short}
            titleOf={(each) => LABEL[each].long}
            onChoose={(range) => {
              onView({ range }, 'new');
            }}
          />
        </div>
      </div>
      <FilterBar filters={filters} onFilters={onFilters} applies={applies} />
      {problem && !totals ? (
        <div class="card">
          <Failure problem={problem} retry={retry} />
        </div>
      ) : (
        <>
          <Tiles totals={totals} pending={pending} />
          {problem && (
            <p class="stale" role="status">
              Could not refresh.{' '}
              <button type="button" class="link" onClick={retry}>
                Try again
              </button>
            </p>
          )}
          {none && scope.filters ? (
            <NothingMatches
              pending={pending}
              what="measurement"
              onClear={() => {
                onFilters([]);
              }}
            />
          ) : none && site ? (
            <FirstMeasures site={site} />
          ) : (
            <SpeedTable
              site={site?.id ?? 0}
              scope={scope}
              rows={rows}
              by={by}
              pending={pending}
              onBy={(next) => {
                onView({ by: next === BY[0] ? '' : next }, 'keep');
              }}
              onlyOf={onlyOf}
            />
          )}
        </>
      )}
      {choosing && site && (
        <Chooser
          site={site.id}
          dates={period}
          view={view}
          only={KNOWN}
          onView={onView}
          onClose={() => {
            setChoosing(false);
          }}
        />
      )}
    </main>
  );
}
