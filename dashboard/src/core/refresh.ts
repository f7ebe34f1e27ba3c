// When reports are read again: every ten seconds while the tab is visible, and soon after live activity, but never
// more often than the throttle allows.

export interface Timers {
  now: () => number;
  /** Returns what cancels it. */
  after: (ms: number, run: () => void) => () => void;
}

export interface Refresher {
  /** Called at every refresh; returns what ends it. */
  subscribe: (listener: () => void) => () => void;
  /** Something happened: refresh now, or as soon as the throttle allows. */
  nudge: () => void;
  /** Hidden tabs do not refresh; a tab that comes back does so at once when it is overdue. */
  setVisible: (visible: boolean) => void;
  stop: () => void;
}

export const REFRESH_MS = 10_000;
export const THROTTLE_MS = 3_000;

export const browserTimers: Timers = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

export function createRefresher(timers: Timers): Refresher {
  const listeners = new Set<() => void>();
  let last = timers.now();
  let due = Infinity;
  let visible = true;
  let cancel = () => {};

  const plan = (at: number) => {
    cancel();
    due = at;
    if (!visible) return;
    cancel = timers.after(Math.max(0, at - timers.now()), () => {
      last = timers.now();
      plan(last + REFRESH_MS);
      for (const listener of listeners) listener();
    });
  };
  plan(last + REFRESH_MS);

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    nudge: () => {
      const at = Math.max(timers.now(), last + THROTTLE_MS);
      if (at < due) plan(at);
    },
    setVisible: (next) => {
      if (next === visible) return;
      visible = next;
      plan(due);
    },
    stop: () => {
      cancel();
      listeners.clear();
    },
  };
}
