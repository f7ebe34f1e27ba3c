// How fast the shop's pages are for its visitors.
import { useState } from 'preact/hooks';
import type { Site } from '../../core/api.ts';
import { CopyButton, Failure } from '../../core/ui/parts.tsx';
import { Segments } from '../../core/ui/segments.tsx';
import { PERIODS, type By, type Period } from '../../modules/performance/ask.ts';
import { SpeedTable } from '../../modules/performance/table.tsx';
import { Tiles } from '../../modules/performance/tiles.tsx';
import { useSpeed } from '../../modules/performance/use_speed.ts';
import { measuredIn, VITALS } from '../../modules/performance/vitals.ts';
import { snippetOf } from '../first_steps.tsx';
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
  const [by, setBy] = useState<By>('page_template');
  const period = periodOf(view.range);
  const { totals, rows, problem, pending, retry } = useSpeed(site?.id ?? null, period, by, onSignedOut);
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
      {problem && !totals ? (
        <div class="card">
          <Failure problem={problem} retry={retry} />
        </div>
      ) : (
        <>
          <Tiles totals={totals} />
          {problem && (
            <p class="stale" role="status">
              Could not refresh.{' '}
              <button type="button" class="link" onClick={retry}>
                Try again
              </button>
            </p>
          )}
          {none && site ? (
            <FirstMeasures site={site} />
          ) : (
            <SpeedTable rows={rows} by={by} pending={pending} onBy={setBy} />
          )}
        </>
      )}
    </main>
  );
}
