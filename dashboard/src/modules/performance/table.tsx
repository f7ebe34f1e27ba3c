// The vitals by template, page, device or country; a line opens on what its values were caused by.
import { useId, useState } from 'preact/hooks';
import { valueName } from '../../core/dimensions.ts';
import { format, NO_VALUE } from '../../core/format.ts';
import type { Row } from '../../core/decode.ts';
import type { Scope } from '../../core/query.ts';
import { ChevronIcon } from '../../core/ui/icons.tsx';
import { Bone, PagePath } from '../../core/ui/parts.tsx';
import { Segments } from '../../core/ui/segments.tsx';
import { BY, type By, type Speed } from './ask.ts';
import { Causes } from './causes.tsx';
import { samplesWord } from './tiles.tsx';
import { ENOUGH, measuredIn, rate, RATING_WORD, spell, VITAL, VITALS, type Vital } from './vitals.ts';

const LABEL: Record<By, { tab: string; line: string }> = {
  page_template: { tab: 'Templates', line: 'Template' },
  page: { tab: 'Pages', line: 'Page' },
  device_type: { tab: 'Devices', line: 'Device' },
  country: { tab: 'Countries', line: 'Country' },
};

function Name({ by, value }: { by: By; value: string }) {
  if (value === '') return <span class="quiet">Unknown</span>;
  if (by === 'page' || by === 'page_template') return <PagePath path={value} />;
  return <bdi class="foreign">{valueName(by, value)}</bdi>;
}

function Cell({ vital, metrics }: { vital: Vital; metrics: Speed['totals'] }) {
  const measured = measuredIn(metrics, vital);
  if (measured.p75 === null) return <td class="number quiet">{NO_VALUE}</td>;
  const rating = rate(vital, measured.p75);
  return (
    <td class="number" data-few={measured.samples < ENOUGH} title={samplesWord(measured)}>
      <span class={`mark-rating rating-${rating}`} aria-hidden="true" />
      {spell(vital, measured.p75)}
      <span class="unseen">
        {' '}
        {RATING_WORD[rating]}, {samplesWord(measured)}
      </span>
    </td>
  );
}

/** As many samples as the best measured of a line's vitals has. */
function samplesOf(metrics: Speed['totals']): number {
  return Math.max(...VITALS.map((vital) => measuredIn(metrics, vital).samples));
}

interface LineProps {
  site: number;
  scope: Scope;
  by: By;
  row: Row;
  open: boolean;
  onOpen: (open: boolean) => void;
  onOnly: (() => void) | null;
}

function Line({ site, scope, by, row: { dimensions, metrics }, open, onOpen, onOnly }: LineProps) {
  const causes = useId();
  const value = dimensions[by] ?? '';
  return (
    <>
      <tr>
        <th scope="row">
          <button
            type="button"
            class="speed-open"
            aria-expanded={open}
            aria-controls={open ? causes : undefined}
            onClick={() => {
              onOpen(!open);
            }}
          >
            <ChevronIcon />
            <Name by={by} value={value} />
          </button>
        </th>
        {VITALS.map((vital) => (
          <Cell key={vital} vital={vital} metrics={metrics} />
        ))}
        <td class="number">{format.count(samplesOf(metrics))}</td>
      </tr>
      {open && (
        <tr class="speed-causes" id={causes}>
          <td colSpan={VITALS.length + 2}>
            <Causes site={site} scope={scope} by={by} value={value} metrics={metrics} onOnly={onOnly} />
          </td>
        </tr>
      )}
    </>
  );
}

interface Props {
  site: number;
  scope: Scope;
  rows: Speed['rows'] | null;
  by: By;
  pending: boolean;
  onBy: (by: By) => void;
  /** Narrows the page to a value; null where it is that alone already. */
  onlyOf: (value: string) => (() => void) | null;
}

export function SpeedTable({ site, scope, rows, by, pending, onBy, onlyOf }: Props) {
  const [opened, setOpened] = useState<{ by: By; value: string } | null>(null);
  return (
    <section class="card speed" aria-labelledby="speed-title">
      <div class="speed-head">
        <h2 class="card-title" id="speed-title">
          Where it is fast, and where not
        </h2>
        <Segments
          name={{ label: 'By' }}
          choices={BY}
          chosen={by}
          wordsOf={(each) => LABEL[each].tab}
          onChoose={onBy}
        />
      </div>
      {/* Wider than a phone: it scrolls by itself, with the keyboard too. */}
      <div class="speed-box" tabIndex={0} role="region" aria-label="Table of measures" aria-busy={pending}>
        <table class="speed-table" data-pending={pending && rows !== null}>
          <thead>
            <tr>
              <th scope="col">{LABEL[by].line}</th>
              {VITALS.map((vital) => (
                <th key={vital} scope="col" class="number">
                  <abbr title={VITAL[vital].name}>{VITAL[vital].short}</abbr>
                </th>
              ))}
              <th scope="col" class="number">
                Samples
              </th>
            </tr>
          </thead>
          <tbody>
            {!rows &&
              [0, 1, 2, 3].map((place) => (
                <tr key={place}>
                  <td colSpan={VITALS.length + 2}>
                    <Bone kind="row" />
                  </td>
                </tr>
              ))}
            {rows?.length === 0 && (
              <tr>
                <td colSpan={VITALS.length + 2} class="quiet">
                  Nothing in this period.
                </td>
              </tr>
            )}
            {rows?.map((row) => {
              const value = row.dimensions[by] ?? '';
              return (
                <Line
                  key={value}
                  site={site}
                  scope={scope}
                  by={by}
                  row={row}
                  open={opened?.by === by && opened.value === value}
                  onOpen={(open) => {
                    setOpened(open ? { by, value } : null);
                  }}
                  onOnly={onlyOf(value)}
                />
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
