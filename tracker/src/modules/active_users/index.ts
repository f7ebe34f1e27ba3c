import type { Tracker } from '../../core/tracker.ts';

const BEAT_MS = 15_000;
const IDLE_MS = 600_000;
const INPUT = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'scroll'];

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

  const input = (): void => {
    const wasIdle = performance.now() - lastInput >= IDLE_MS;
    lastInput = performance.now();
    if (wasIdle) tick();
  };

  // Captured, because scrolling inside an element does not bubble.
  for (const type of INPUT) addEventListener(type, input, { capture: true, passive: true });
  // Whoever brings the tab back is looking at it.
  const shown = (): void => {
    lastInput = performance.now();
    tick();
  };
  document.addEventListener('visibilitychange', shown);
  addEventListener('pageshow', (event) => {
    if (event.persisted) shown();
  });
  tick();
}
