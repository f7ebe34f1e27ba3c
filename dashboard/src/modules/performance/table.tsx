// The vitals by template, page, device or country.
import { valueName } from '../../core/dimensions.ts';
import { format, NO_VALUE } from '../../core/format.ts';
import { Bone, PagePath } from '../../core/ui/parts.tsx';
import { Segments } from '../../core/ui/segments.tsx';
import { BY, type By, type Speed } from './ask.ts';
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

interface Props {
  rows: Speed['rows'] | null;
  by: By;
  pending: boolean;
  onBy: (by: By) => void;
}

export function SpeedTable({ rows, by, pending, onBy }: Props) {
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
            {rows?.map(({ dimensions, metrics }) => (
              <tr key={dimensions[by] ?? ''}>
                <th scope="row">
                  <Name by={by} value={dimensions[by] ?? ''} />
                </th>
                {VITALS.map((vital) => (
                  <Cell key={vital} vital={vital} metrics={metrics} />
                ))}
                <td class="number">{format.count(samplesOf(metrics))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
