import { h } from './dom.ts';
import { read, write } from './store.ts';
import { forget, listen } from './wire.ts';
import type { Entry } from './wire.ts';

const KEY = 'shop.panel';
const WIDE = '(min-width: 75rem)';
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

function answer({ kind, status }: Entry): { text: string; tone: string } {
  if (kind === 'said') return { text: 'dataLayer', tone: 'said' };
  if (status === 0) return { text: 'on its way', tone: 'waiting' };
  if (status === -1) return { text: 'failed, kept', tone: 'bad' };
  return { text: String(status), tone: status < 300 ? 'good' : 'bad' };
}

function line(entry: Entry): HTMLElement {
  const { text, tone } = answer(entry);
  return h(
    'li',
    { class: `entry entry-${entry.kind}`, 'data-id': entry.id },
    h(
      'details',
      {},
      h(
        'summary',
        {},
        h('span', { class: 'entry-name' }, entry.name),
        h('span', { class: `entry-answer tone-${tone}` }, text),
        h('span', { class: 'entry-path' }, entry.path),
        h('time', { class: 'entry-time', datetime: new Date(entry.at).toISOString() }, TIME.format(entry.at)),
      ),
      h('pre', { tabindex: 0, 'aria-label': `${entry.name} as JSON` }, entry.body),
    ),
  );
}

/** Redraws the list but leaves open what the reader has opened. */
function redraw(list: HTMLElement, entries: readonly Entry[]): void {
  const open = new Set(
    Array.from(list.querySelectorAll('li:has(details[open])'), (item) => item.getAttribute('data-id')),
  );
  const focused = document.activeElement?.closest('li')?.getAttribute('data-id');
  list.replaceChildren(...entries.map(line));
  for (const item of list.children) {
    const id = item.getAttribute('data-id');
    if (open.has(id)) item.querySelector('details')?.setAttribute('open', '');
    if (id === focused) item.querySelector('summary')?.focus();
  }
}

/** The panel that shows what leaves the browser. Open by default where there is room beside the page. */
export function panel(): HTMLElement {
  const list = h('ol', { class: 'entries' });
  const empty = h('p', { class: 'panel-empty' }, 'Nothing yet. Open a product and watch.');
  const count = h('span', { class: 'panel-count' }, '0');
  const toggle = h(
    'button',
    {
      class: 'panel-toggle',
      type: 'button',
      'aria-controls': 'panel-body',
    },
    h('span', { class: 'panel-dot', 'aria-hidden': 'true' }),
    h('span', {}, 'What the tracker sends'),
    count,
  );
  const body = h(
    'div',
    { id: 'panel-body', class: 'panel-body' },
    h(
      'p',
      { class: 'panel-note' },
      'Every request as it leaves your browser. Lines marked dataLayer are what this shop says about itself.',
    ),
    h(
      'p',
      { class: 'panel-actions' },
      h('a', { href: '/' }, 'Open the dashboard'),
      h('button', { type: 'button', class: 'link', onclick: forget }, 'Clear the list'),
    ),
    empty,
    list,
  );
  const root = h('aside', { class: 'panel', 'aria-label': 'What the tracker sends' }, toggle, body);

  const show = (open: boolean): void => {
    root.classList.toggle('is-open', open);
    document.documentElement.classList.toggle('has-panel', open);
    toggle.setAttribute('aria-expanded', String(open));
    body.hidden = !open;
  };
  const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
  show(read(KEY, isBoolean) ?? matchMedia(WIDE).matches);
  toggle.addEventListener('click', () => {
    const open = body.hasAttribute('hidden');
    show(open);
    write(KEY, open);
  });

  listen((entries) => {
    redraw(list, entries);
    empty.hidden = entries.length > 0;
    count.textContent = String(entries.filter((entry) => entry.kind === 'sent').length);
  });
  return root;
}
