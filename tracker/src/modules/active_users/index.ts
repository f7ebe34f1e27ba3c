import { on, onInput } from '../../core/input.ts';
import type { Tracker } from '../../core/tracker.ts';
import { BEAT_MS, IDLE_MS } from './beat.ts';

/** Says "still here" every 15 s while the tab is visible and somebody has touched it within 10 minutes. */
export function startActiveUsers(tracker: Tracker): void {
  let lastInput: number;
  /** None while it is paused, which it is for 15 s at least after a heartbeat. */
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tick = (): void => {
    timer = undefined;
    if (document.hidden || performance.now() - lastInput >= IDLE_MS) return;
    tracker.presence();
    timer = setTimeout(tick, BEAT_MS);
  };
  // Whoever brings the tab back, or the page from the back/forward cache, is looking at it.
  const touch = (): void => {
    lastInput = performance.now();
    if (!timer) tick();
  };

  onInput(touch);
  on('visibilitychange', touch);
  touch();
}
