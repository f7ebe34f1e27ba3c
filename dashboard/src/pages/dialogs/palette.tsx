// Search over everything the cards are made of; what is chosen becomes a filter.
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { valueName, wordsOf } from '../../core/dimensions.ts';
import { format } from '../../core/format.ts';
import type { Dates } from '../../core/period.ts';
import { findValues, SEARCHED, type Found } from '../../core/values.ts';
import { Dialog } from '../../core/ui/parts.tsx';
import type { OnFilter } from '../../core/ui/ranking.tsx';
import type { Screen } from '../use_screen.ts';

const TYPING_PAUSE_MS = 200;
const OF_EACH = 5;
const CARDS = ['pages', 'sources', 'places', 'devices'];

interface Props {
  site: number;
  dates: string | Dates;
  screen: Screen;
  onFilter: OnFilter;
  onClose: () => void;
}

/** What the cards show already: the first offer, before anything is typed. */
function shownLines(screen: Screen): Found[] {
  return CARDS.flatMap((card) => {
    const { loaded } = screen.read(card);
    const dimension = loaded?.query.dimensions[0];
    if (!loaded || !dimension) return [];
    const metric = loaded.query.metrics[0] ?? '';
    return loaded.report.rows.slice(0, 3).map(({ dimensions, metrics }) => {
      const value = dimensions[dimension] ?? '';
      const noun = metric === 'page_views' ? 'page views' : 'visitors';
      return { dimension, value, name: valueName(dimension, value), count: metrics[metric] ?? 0, noun };
    });
  });
}

function useFound({ site, dates, screen }: Props, text: string): { found: Found[]; pending: boolean } {
  const [answer, setAnswer] = useState<{ text: string; found: Found[] }>({ text: '', found: [] });
  const atFirst = useMemo(() => shownLines(screen), []);
  useEffect(() => {
    if (text === '') return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      findValues(site, SEARCHED, text, dates, OF_EACH, abort.signal).then(
        (found) => {
          if (!abort.signal.aborted) setAnswer({ text, found });
        },
        () => {
          if (!abort.signal.aborted) setAnswer({ text, found: [] });
        },
      );
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [site, text]);
  if (text === '') return { found: atFirst, pending: false };
  return { found: answer.found, pending: answer.text !== text };
}

export function Palette(props: Props) {
  const { onFilter, onClose } = props;
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const { found, pending } = useFound(props, typed.trim());
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const place = Math.min(at, found.length - 1);
  // Enter before the answer is there takes what comes first in it.
  const [hurry, setHurry] = useState<{ not: boolean } | null>(null);
  const choose = (one: Found | undefined, not: boolean) => {
    if (pending) setHurry({ not });
    else if (one) onFilter(one.dimension, one.value, not);
  };
  useEffect(() => {
    if (!hurry || pending) return;
    setHurry(null);
    const [first] = found;
    if (first) onFilter(first.dimension, first.value, hurry.not);
  }, [hurry, pending]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      event.preventDefault();
      const next = (place + step + found.length) % found.length;
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(found[place], event.shiftKey);
    }
  };
  return (
    <Dialog title="Search" kind="dialog-palette" onClose={onClose}>
      <input
        type="search"
        autofocus
        class="search"
        role="combobox"
        list={undefined}
        aria-label="Search pages, sources, countries and more"
        placeholder="Pages, sources, countries…"
        autocomplete="off"
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}-${place}` : undefined}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
          setHurry(null);
        }}
        onKeyDown={onKeyDown}
      />
      <ul class="found" role="listbox" id={id} aria-label="Found" ref={list} data-pending={pending}>
        {found.map((one, index) => (
          <li
            key={`${one.dimension} ${one.value}`}
            id={`${id}-${index}`}
            class="found-line"
            role="option"
            aria-selected={index === place}
            onClick={(event) => {
              choose(one, event.shiftKey);
            }}
          >
            <span class="found-dimension">{wordsOf(one.dimension).label}</span>
            <bdi class="foreign">{one.name}</bdi>
            <span class="found-count">{`${format.count(one.count)} ${one.noun}`}</span>
          </li>
        ))}
      </ul>
      <p class="more-foot quiet" role="status">
        {pending
          ? 'Searching…'
          : found.length === 0
            ? 'Nothing found in this period.'
            : 'Enter filters, Shift + Enter leaves out.'}
      </p>
    </Dialog>
  );
}
