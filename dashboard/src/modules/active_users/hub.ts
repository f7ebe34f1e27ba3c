// Many listeners, one stream: it is open while somebody listens, and whoever comes later gets the last picture at once.
import type { Hear, News } from './stream.ts';

/** As many lines of activity as a page shows at most. */
const KEPT_LINES = 30;

export class Hub {
  readonly #open: (hear: Hear) => () => void;
  readonly #listeners = new Set<Hear>();
  #close: (() => void) | null = null;
  #picture: News | null = null;
  #lines: News[] = [];
  #connected: News | null = null;

  constructor(open: (hear: Hear) => () => void) {
    this.#open = open;
  }

  /** Tells what is known so far, then what comes. Returns what ends it; the last one to leave closes the stream. */
  join(listener: Hear): () => void {
    this.tell(listener);
    this.#listeners.add(listener);
    this.#close ??= this.#open((news) => {
      this.#hear(news);
    });
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#close?.();
      this.#close = null;
      // What nobody watched grow old must not be shown as the present.
      this.#picture = null;
      this.#connected = null;
      this.#lines = [];
    };
  }

  /** What is known so far. */
  tell(listener: Hear): void {
    for (const line of this.#lines) listener(line);
    if (this.#picture) listener(this.#picture);
    if (this.#connected) listener(this.#connected);
  }

  #hear(news: News): void {
    if (news.kind === 'presence') this.#picture = news;
    if (news.kind === 'connected') this.#connected = news;
    if (news.kind === 'activity') this.#lines = [...this.#lines, news].slice(-KEPT_LINES);
    for (const listener of this.#listeners) listener(news);
  }
}
