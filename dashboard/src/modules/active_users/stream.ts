// One connection to a site's live stream, opened again with growing pauses when the server refuses, which EventSource
// itself does not do. Runs in a page as well as in a worker.

/** What there is to know of a stream. Data is as it came: each page decodes for itself. */
export type News =
  | { kind: 'presence'; data: unknown }
  | { kind: 'activity'; data: unknown }
  | { kind: 'connected'; is: boolean }
  /** The server said no, for a reason that EventSource does not tell: perhaps nobody is signed in any more. */
  | { kind: 'refused' };

export type Hear = (news: News) => void;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

function parse(event: MessageEvent): unknown {
  try {
    return JSON.parse(String(event.data)) as unknown;
  } catch {
    return null;
  }
}

/** Opens it; returns what closes it for good. */
export function openStream(address: string, hear: Hear): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE_MS;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const tell = (kind: 'presence' | 'activity') => (event: MessageEvent) => {
    pause = FIRST_PAUSE_MS;
    const data = parse(event);
    if (data !== null) hear({ kind, data });
  };
  const open = () => {
    close();
    source = new EventSource(address);
    source.addEventListener('presence', tell('presence'));
    source.addEventListener('activity', tell('activity'));
    source.onopen = () => {
      hear({ kind: 'connected', is: true });
    };
    source.onerror = () => {
      hear({ kind: 'connected', is: false });
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      hear({ kind: 'refused' });
    };
  };
  open();
  return close;
}
