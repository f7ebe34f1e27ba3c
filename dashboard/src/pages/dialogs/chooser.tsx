// One filter, put together: by what, how, and which values.
import { useEffect, useState } from 'preact/hooks';
import { DIMENSIONS, valueName, wordsOf } from '../../core/dimensions.ts';
import { addFilter, OPERATOR_WORDS, OPERATORS, wrongFilter, type Operator } from '../../core/filters.ts';
import { format } from '../../core/format.ts';
import type { Dates } from '../../core/period.ts';
import { findValues, type Found } from '../../core/values.ts';
import { Dialog } from '../../core/ui/parts.tsx';
import type { View } from '../../core/url.ts';
import type { SetView } from '../use_view.ts';

const TYPING_PAUSE_MS = 200;
const OFFERED = 50;
const PROPERTY = 'prop:';

interface Props {
  site: number;
  dates: string | Dates;
  view: View;
  /** What may be filtered by; without it, everything. */
  only?: readonly string[];
  onView: SetView;
  onClose: () => void;
}

/** The values that fit, most frequent first. */
function useOffer(site: number, dates: string | Dates, dimension: string, text: string): Found[] | null {
  const [offer, setOffer] = useState<{ dimension: string; found: Found[] } | null>(null);
  useEffect(() => {
    if (dimension === PROPERTY) return undefined;
    const abort = new AbortController();
    const finish = (found: Found[]) => {
      if (!abort.signal.aborted) setOffer({ dimension, found });
    };
    const timer = setTimeout(() => {
      findValues(site, [dimension], text, dates, OFFERED, abort.signal).then(finish, () => {
        finish([]);
      });
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [site, dimension, text]);
  return offer?.dimension === dimension ? offer.found : null;
}

interface ValuesProps {
  dimension: string;
  offer: Found[] | null;
  chosen: readonly string[];
  onChosen: (values: string[]) => void;
}

function Values({ dimension, offer, chosen, onChosen }: ValuesProps) {
  const others = chosen.filter((value) => !offer?.some((one) => one.value === value));
  const all = [...others.map((value) => ({ value, count: null })), ...(offer ?? [])];
  return (
    <ul class="offer" aria-label="Values">
      {all.map(({ value, count }) => (
        <li key={value}>
          <label class="offer-line">
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={(event) => {
                const without = chosen.filter((other) => other !== value);
                onChosen(event.currentTarget.checked ? [...without, value] : without);
              }}
            />
            <bdi class="foreign">{valueName(dimension, value)}</bdi>
            {count !== null && <span class="found-count">{format.count(count)}</span>}
          </label>
        </li>
      ))}
      {offer?.length === 0 && others.length === 0 && (
        <li class="quiet offer-none">No such value in this period. What you write is taken as it is.</li>
      )}
    </ul>
  );
}

/** What is meant: for `is` the ticked values, or what is written; else what is written. */
function valuesOf(operator: Operator, chosen: readonly string[], text: string): string[] {
  if (operator === 'is' && chosen.length > 0) return [...chosen];
  return text === '' ? [] : [text];
}

export function Chooser({ site, dates, view, only, onView, onClose }: Props) {
  const [name, setName] = useState('page');
  const [key, setKey] = useState('');
  const [how, setHow] = useState<`${Operator}${'' | '_not'}`>('is');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  const dimension = name === PROPERTY ? `${PROPERTY}${key.trim()}` : name;
  const not = how.endsWith('_not');
  const operator = OPERATORS.find((known) => how.startsWith(known)) ?? 'is';
  const offer = useOffer(site, dates, dimension, text.trim());

  const submit = (event: Event) => {
    event.preventDefault();
    const filter = { operator, not, dimension, values: valuesOf(operator, chosen, text.trim()) };
    const found = wrongFilter(filter);
    setWrong(found);
    if (found) return;
    onView({ filters: addFilter(view.filters, filter) }, 'new');
    onClose();
  };
  return (
    <Dialog title="Add filter" onClose={onClose}>
      <form class="dialog-form" noValidate onSubmit={submit}>
        <div class="chooser-row">
          <label class="field">
            <span class="label">Filter by</span>
            <select
              autofocus
              value={name}
              onChange={(event) => {
                setName(event.currentTarget.value);
                setChosen([]);
                setText('');
                setWrong(null);
              }}
            >
              {Object.entries(DIMENSIONS)
                .filter(([id]) => only?.includes(id) ?? true)
                .map(([id, { label }]) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
              {!only && <option value={PROPERTY}>Property…</option>}
            </select>
          </label>
          <label class="field">
            <span class="label">Condition</span>
            <select
              value={how}
              onChange={(event) => {
                setHow(event.currentTarget.value as typeof how);
                setWrong(null);
              }}
            >
              {OPERATORS.flatMap((id) => [
                <option key={id} value={id}>
                  {OPERATOR_WORDS[id].is}
                </option>,
                <option key={`${id}_not`} value={`${id}_not`}>
                  {OPERATOR_WORDS[id].not}
                </option>,
              ])}
            </select>
          </label>
        </div>
        {name === PROPERTY && (
          <label class="field">
            <span class="label">Name of the property</span>
            <input
              type="text"
              value={key}
              onInput={(event) => {
                setKey(event.currentTarget.value);
              }}
            />
          </label>
        )}
        <label class="field">
          <span class="label">{operator === 'matches' ? 'Regular expression' : 'Value'}</span>
          <input
            type="text"
            value={text}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={wrong !== null}
            aria-describedby="chooser-wrong"
            onInput={(event) => {
              setText(event.currentTarget.value);
              setWrong(null);
            }}
          />
        </label>
        {operator === 'is' && (
          <Values dimension={dimension} offer={offer} chosen={chosen} onChosen={setChosen} />
        )}
        <p class={wrong ? 'stale' : 'quiet'} id="chooser-wrong" role={wrong ? 'alert' : undefined}>
          {wrong ??
            (operator === 'is'
              ? `One of several values is enough.`
              : `Large and small letters differ. ${wordsOf(dimension).label} as it is stored.`)}
        </p>
        <button type="submit" class="button primary">
          Add filter
        </button>
      </form>
    </Dialog>
  );
}
