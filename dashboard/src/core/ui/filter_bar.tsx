// What the screen is narrowed to, as chips: each can be turned round, taken away, and says what it means.
import { negateFilter, OPERATOR_WORDS, removeFilter, type Filter } from '../filters.ts';
import { valueName, wordsOf } from '../dimensions.ts';
import { CloseIcon } from './icons.tsx';

/** So many values are named; the title names all. */
const NAMED = 2;

export function filterWords({ operator, not, dimension, values }: Filter): string {
  const words = OPERATOR_WORDS[operator][not ? 'not' : 'is'];
  const names = values.map((value) => (operator === 'is' ? valueName(dimension, value) : `“${value}”`));
  return `${wordsOf(dimension).label} ${words} ${names.join(' or ')}`;
}

function Chip({
  filter,
  onNegate,
  onRemove,
}: {
  filter: Filter;
  onNegate: () => void;
  onRemove: () => void;
}) {
  const { operator, not, dimension, values } = filter;
  const words = filterWords(filter);
  const opposite = OPERATOR_WORDS[operator][not ? 'is' : 'not'];
  const name = (value: string) => (operator === 'is' ? valueName(dimension, value) : `“${value}”`);
  const more = values.length - NAMED;
  return (
    <li class={not ? 'chip chip-not' : 'chip'}>
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
}

export function FilterBar({ filters, onFilters }: Props) {
  if (filters.length === 0) return null;
  return (
    <section class="filters" aria-label="Filters">
      <ul class="chips">
        {filters.map((filter, at) => (
          <Chip
            key={`${filter.operator} ${filter.not} ${filter.dimension}`}
            filter={filter}
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
