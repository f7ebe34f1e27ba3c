import { on, onInput } from '../../core/input.ts';
import type { Tracker } from '../../core/tracker.ts';

const BEAT_MS = 15_000;
const IDLE_MS = 600_000;

/** Says "still here" every 15 s while the tab is visible and somebody has touched it within 10 minutes. */
export function startActiveUsers(tracker: Tracker): void {
  let lastBeat = -Infinity;
  let lastInput = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tick = (): void => {
    clearTimeout(timer);
    const now = performance.now();
    // Paused; the next input, or the tab's return, goes on.
    if (document.hidden || now - lastInput >= IDLE_MS) return;
    if (now - lastBeat >= BEAT_MS) {
      lastBeat = now;
      tracker.presence();
    }
    timer = setTimeout(tick, lastBeat + BEAT_MS - now);
  };

  onInput(() => {
    const wasIdle = performance.now() - lastInput >= IDLE_MS;
    lastInput = performance.now();
    if (wasIdle) tick();
  });
  // Whoever brings the tab back, or the page from the back/forward cache, is looking at it.
  on('visibilitychange', () => {
    lastInput = performance.now();
    tick();
  });
  tick();
}
