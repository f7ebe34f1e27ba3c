// A button that opens a short list to choose from. Arrow keys, Home, End and first letters move; Escape closes.
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { ChevronIcon } from './icons.tsx';
import { usePopup } from './use_popup.ts';

export interface Choice<Id extends string> {
  id: Id;
  label: string;
  /** The key that does the same. */
  hint?: string | undefined;
}

interface Props<Id extends string> {
  /** What is chosen here. */
  label: string;
  /** What the button shows. */
  children: ComponentChildren;
  choices: readonly Choice<Id>[];
  /** Null: the choices are acts, and none is the present one. */
  chosen: Id | null;
  onChoose: (id: Id) => void;
  kind?: string;
}

function step(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

function List<Id extends string>(props: Omit<Props<Id>, 'children' | 'kind'> & { id: string }) {
  const { id, label, choices, chosen, onChoose } = props;
  const list = useRef<HTMLUListElement>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>('button') ?? [])];
  useLayoutEffect(() => {
    const at = choices.findIndex((choice) => choice.id === chosen);
    items()[Math.max(at, 0)]?.focus();
    // Where the focus begins is decided once, when it opens.
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = items();
    const at = all.findIndex((item) => item === document.activeElement);
    const letter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    const by = letter
      ? [...all.slice(at + 1), ...all.slice(0, at + 1)].find((item) =>
          item.textContent.toLowerCase().startsWith(event.key.toLowerCase()),
        )
      : all[step(event.key, at, all.length) ?? -1];
    if (!by) return;
    event.preventDefault();
    by.focus();
  };
  return (
    <ul class="menu-list" role="menu" id={id} aria-label={label} ref={list} onKeyDown={onKeyDown}>
      {choices.map(({ id: of, label: words, hint }) => (
        <li key={of} role="none">
          <button
            type="button"
            class="menu-item"
            role={chosen === null ? 'menuitem' : 'menuitemradio'}
            {...(chosen !== null && { 'aria-checked': of === chosen })}
            tabIndex={-1}
            onClick={() => {
              onChoose(of);
            }}
          >
            <span>{words}</span>
            {hint && <kbd aria-hidden="true">{hint}</kbd>}
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Menu<Id extends string>({ label, children, choices, chosen, onChoose, kind }: Props<Id>) {
  const { open, setOpen, root, close } = usePopup();
  const id = useId();
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        class={kind ?? 'button'}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        title={label}
        onClick={() => {
          setOpen(!open);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || open) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        <span class="unseen">{`${label}: `}</span>
        {children}
        <ChevronIcon />
      </button>
      {open && (
        <List
          id={id}
          label={label}
          choices={choices}
          chosen={chosen}
          onChoose={(choice) => {
            close();
            onChoose(choice);
          }}
        />
      )}
    </div>
  );
}
