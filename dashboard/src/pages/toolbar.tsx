// Above the figures: which days, compared with what, and the ways to narrow them.
import type { Compared } from '../core/decode.ts';
import { format } from '../core/format.ts';
import { PERIODS, PERIOD_WORDS, type Dates, type Period } from '../core/period.ts';
import type { Comparison } from '../core/url.ts';
import { AddFilter } from '../core/ui/filter_bar.tsx';
import { CalendarIcon, SearchIcon } from '../core/ui/icons.tsx';
import { Menu } from '../core/ui/menu.tsx';

const COMPARE_WORDS: Record<Comparison | 'off', { choice: string; chosen: string; hint?: string }> = {
  off: { choice: 'No comparison', chosen: 'Compare' },
  previous: { choice: 'Previous period', chosen: 'vs previous', hint: 'X' },
  year: { choice: 'Same days last year', chosen: 'vs last year' },
};

const PERIOD_CHOICES = PERIODS.map((id) => ({
  id,
  label: id === 'custom' ? 'Custom range…' : PERIOD_WORDS[id].long,
  hint: PERIOD_WORDS[id].key,
}));
const COMPARE_CHOICES = (['off', 'previous', 'year'] as const).map((id) => ({
  id,
  label: COMPARE_WORDS[id].choice,
  hint: COMPARE_WORDS[id].hint,
}));

function against({ dates, until }: Compared): string {
  const words = `compared with ${format.dates(...dates)}`;
  return until === null ? words : `${words} until ${format.bucketTick('hour', until)}`;
}

interface Props {
  range: Period;
  /** Null while they are not known. */
  dates: Dates | null;
  compared: Compared | null;
  zone: string | null;
  compare: Comparison | null;
  onPeriod: (period: Period) => void;
  onCompare: (compare: Comparison | null) => void;
  onSearch: () => void;
  onAddFilter: () => void;
}

export function Toolbar(props: Props) {
  const { range, dates, compared, zone, compare, onPeriod, onCompare, onSearch, onAddFilter } = props;
  return (
    <div class="toolbar">
      <div class="toolbar-words">
        <h1 class="toolbar-title">
          {zone === null ? '\u00a0' : dates ? format.dates(...dates) : PERIOD_WORDS[range].long}
        </h1>
        <p class="toolbar-dates">
          {zone === null
            ? '\u00a0'
            : [compared ? against(compared) : '', zone].filter((words) => words !== '').join(' · ')}
        </p>
      </div>
      <div class="toolbar-actions">
        <button
          type="button"
          class="button icon-only"
          aria-label="Search"
          title="Search ( / )"
          aria-haspopup="dialog"
          onClick={onSearch}
        >
          <SearchIcon />
        </button>
        <AddFilter onPress={onAddFilter} />
        <Menu
          label="Comparison"
          choices={COMPARE_CHOICES}
          chosen={compare ?? 'off'}
          onChoose={(choice) => {
            onCompare(choice === 'off' ? null : choice);
          }}
        >
          {COMPARE_WORDS[compare ?? 'off'].chosen}
        </Menu>
        <Menu label="Period" choices={PERIOD_CHOICES} chosen={range} onChoose={onPeriod}>
          <CalendarIcon />
          {PERIOD_WORDS[range].long}
        </Menu>
      </div>
    </div>
  );
}
