/** Listens to what the page says on `dataLayer` and to what really leaves the browser for the tracker's two addresses. */
import { read, write } from './store.ts';

const KEY = 'shop.wire';
const KEPT = 60;

/** One line of the panel. */
export interface Entry {
  kind: 'sent' | 'beat' | 'said';
  name: string;
  /** Unix milliseconds. */
  at: number;
  path: string;
  /** Of the answer; 0 while there is none, -1 when the request failed. */
  status: number;
  /** The event, or the push, as JSON. */
  body: string;
  /** The event's id, by which an answer or a second attempt finds it. */
  id: string;
}

function isEntries(value: unknown): value is Entry[] {
  return Array.isArray(value) && value.every((entry) => typeof (Object(entry) as Entry).body === 'string');
}

/** Newest first; they outlive a page, so that the whole visit can be read. */
let entries: Entry[] = read(KEY, isEntries) ?? [];
let changed: () => void = () => undefined;

function keep(added: Entry[]): void {
  const ids = new Set(added.map((entry) => entry.id));
  entries = [...added.reverse(), ...entries.filter((entry) => !ids.has(entry.id))].slice(0, KEPT);
  write(KEY, entries);
  changed();
}

function settle(ids: string[], status: number): void {
  entries = entries.map((entry) => (ids.includes(entry.id) ? { ...entry, status } : entry));
  write(KEY, entries);
  changed();
}

interface Wire {
  events?: { id: string; name: string; ts: number; url: string }[];
  page_view?: string;
  url?: string;
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** The lines for one request of the tracker. Heartbeats of one page share a line. */
function entriesOf(body: Wire): Entry[] {
  if (!body.events) {
    const { page_view: id = '', url = location.href } = body;
    const text = JSON.stringify(body, null, 2);
    return [
      {
        kind: 'beat',
        name: 'heartbeat',
        at: Date.now(),
        path: pathOf(url),
        status: 0,
        body: text,
        id: `beat ${id}`,
      },
    ];
  }
  return body.events.map((event) => ({
    kind: 'sent',
    name: event.name,
    at: event.ts,
    path: pathOf(event.url),
    status: 0,
    body: JSON.stringify(event, null, 2),
    id: event.id,
  }));
}

function listenToFetch(): void {
  const original = window.fetch.bind(window);
  window.fetch = (input, init) => {
    const answer = original(input, init);
    if (typeof input === 'string' && typeof init?.body === 'string' && /\/ut\/[ep]$/.test(input)) {
      const added = entriesOf(JSON.parse(init.body) as Wire);
      const ids = added.map((entry) => entry.id);
      keep(added);
      answer.then(
        (response) => {
          settle(ids, response.status);
        },
        () => {
          settle(ids, -1);
        },
      );
    }
    return answer;
  };
}

function listenToDataLayer(): void {
  const layer = (window.dataLayer ??= []);
  const original = layer.push.bind(layer);
  layer.push = (...pushes) => {
    const said = pushes.flatMap(({ event, ecommerce }) => {
      if (!event) return [];
      const body = JSON.stringify({ event, ecommerce }, null, 2);
      const path = location.pathname + location.search;
      return [
        {
          kind: 'said' as const,
          name: event,
          at: Date.now(),
          path,
          status: 0,
          body,
          id: `said ${performance.timeOrigin + performance.now()} ${event}`,
        },
      ];
    });
    if (said.length) keep(said);
    return original(...pushes);
  };
}

/** Starts listening; `onChange` is called with the newest first, at once and after every change. */
export function listen(onChange: (all: readonly Entry[]) => void): void {
  changed = () => {
    onChange(entries);
  };
  listenToFetch();
  listenToDataLayer();
  changed();
}

export function forget(): void {
  entries = [];
  write(KEY, null);
  changed();
}
