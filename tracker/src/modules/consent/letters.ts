import { on } from '../../core/input.ts';
import { backoff, post, retryAfter } from '../../core/pace.ts';

/** What must arrive: a withdrawal is not lost while the page lives. */
export interface Letter {
  url: string;
  /** Made anew for every attempt. */
  body: () => string;
  /** Called with the answer, or null when it is no longer to be sent. */
  done: (answer: Response | null) => Promise<void> | void;
}

export interface Letters {
  send(letter: Letter): void;
  /** Sends nothing of what is still waiting. */
  drop(): void;
  /** Is something said later than this one? */
  isLast(letter: Letter): boolean;
}

/** The waiting line of letters: in order, one at a time, each until the server has decided. */
export function createLetters(): Letters {
  let queue: Letter[] = [];
  const flying = new Set<Letter>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let silentUntil = 0;

  const attempt = async (letter: Letter): Promise<void> => {
    let answer: Response | undefined;
    flying.add(letter);
    try {
      answer = await post(letter.url, letter.body());
    } catch {
      // Not sent, as far as anybody knows.
    }
    const settled = answer && answer.status !== 429 && answer.status < 500;
    if (settled) {
      failures = 0;
      await letter.done(answer && queue.includes(letter) ? answer : null);
      queue = queue.filter((one) => one !== letter);
    }
    flying.delete(letter);
    if (settled) {
      next();
      return;
    }
    silentUntil = performance.now() + retryAfter(answer ? answer.headers.get('Retry-After') : null);
    const wait = Math.max(backoff(failures++, Math.random()), silentUntil - performance.now());
    timer = timer || setTimeout(next, wait);
  };

  const next = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const [first] = queue;
    if (first && !flying.size) void attempt(first);
  };

  // The page may never run again.
  on('pagehide', () => {
    if (performance.now() >= silentUntil)
      for (const letter of queue) if (!flying.has(letter)) void attempt(letter);
  });
  on('online', () => {
    if (performance.now() >= silentUntil) next();
  });

  return {
    send(letter) {
      queue.push(letter);
      if (!timer) next();
    },
    drop() {
      for (const letter of queue) if (!flying.has(letter)) void letter.done(null);
      queue = [];
    },
    isLast: (letter) => queue[queue.length - 1] === letter,
  };
}
