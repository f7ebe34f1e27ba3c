// What the screen is narrowed to, as chips: each can be turned round, taken away, and says what it means.
import { negateFilter, OPERATOR_WORDS, removeFilter, type Filter } from '../filters.ts';
import { valueName, wordsOf } from '../dimensions.ts';
import { CloseIcon, FilterIcon } from './icons.tsx';

/** So many values are named; the title names all. */
const NAMED = 2;

export function filterWords({ operator, not, dimension, values }: Filter): string {
  const words = OPERATOR_WORDS[operator][not ? 'not' : 'is'];
  const names = values.map((value) => (operator === 'is' ? valueName(dimension, value) : `“${value}”`));
  return `${wordsOf(dimension).label} ${words} ${names.join(' or ')}`;
}

/** Opens the chooser of filters. */
export function AddFilter({ onPress }: { onPress: () => void }) {
  return (
    <button
      type="button"
      class="button"
      aria-label="Add filter"
      title="Add filter (F)"
      aria-haspopup="dialog"
      onClick={onPress}
    >
      <FilterIcon />
      Filter
    </button>
  );
}

interface ChipProps {
  filter: Filter;
  /** Does what is shown obey it? */
  applied: boolean;
  onNegate: () => void;
  onRemove: () => void;
}

function Chip({ filter, applied, onNegate, onRemove }: ChipProps) {
  const { operator, not, dimension, values } = filter;
  const words = filterWords(filter);
  const opposite = OPERATOR_WORDS[operator][not ? 'is' : 'not'];
  const name = (value: string) => (operator === 'is' ? valueName(dimension, value) : `“${value}”`);
  const more = values.length - NAMED;
  return (
    <li class={`chip${not ? ' chip-not' : ''}${applied ? '' : ' chip-idle'}`}>
      <button
        type="button"
        class="chip-words"
        title={`${words}. Press to change to “${opposite}”.`}
        onClick={onNegate}
      >
        <span class="chip-dimension">{wordsOf(dimension).label}</span>{' '}
        <span class="chip-operator">{OPERATOR_WORDS[operator][not ? 'not' : 'is']}</span>{' '}
        <bdi class="foreign chip-values">
          {values.slice(0, NAMED).map(name).join(' or ')}
          {more > 0 && ` or ${more} more`}
        </bdi>
        {!applied && <span class="chip-note">not applied here</span>}
      </button>
      <button type="button" class="chip-remove" aria-label={`Remove: ${words}`} onClick={onRemove}>
        <CloseIcon />
      </button>
    </li>
  );
}

interface Props {
  filters: readonly Filter[];
  onFilters: (filters: Filter[]) => void;
  /** Which of them what is shown obeys; without it, all. */
  applies?: (filter: Filter) => boolean;
}

export function FilterBar({ filters, onFilters, applies }: Props) {
  if (filters.length === 0) return null;
  return (
    <section class="filters" aria-label="Filters">
      <ul class="chips">
        {filters.map((filter, at) => (
          <Chip
            key={`${filter.operator} ${filter.not} ${filter.dimension}`}
            filter={filter}
            applied={applies?.(filter) ?? true}
            onNegate={() => {
              onFilters(negateFilter(filters, at));
            }}
            onRemove={() => {
              onFilters(removeFilter(filters, at));
            }}
          />
        ))}
        {filters.length > 1 && (
          <li>
            <button
              type="button"
              class="link chips-clear"
              onClick={() => {
                onFilters([]);
              }}
            >
              Remove all
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}
