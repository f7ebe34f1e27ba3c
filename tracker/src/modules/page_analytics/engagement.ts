import { on, onInput } from '../../core/input.ts';
import type { Tracker } from '../../core/tracker.ts';
import { REPORT_MS, STEP_MS, attended } from './attention.ts';

/**
 * Tells for how long the page is looked at (in front, focused, touched within the last minute) and how far down:
 * totals of its showing, so that losing one or sending it twice does no harm. Returns what tells them at once, and
 * what begins anew.
 */
export function startEngagement(tracker: Tracker): [tell: () => void, reset: () => void] {
  let counted: number;
  let input: number;
  let inFront = false;
  let total = 0;
  let depth = 0;
  let told = 0;

  const count = (): number => {
    const now = performance.now();
    if (inFront) total += attended(counted, now, input);
    inFront = !document.hidden && document.hasFocus();
    return (counted = now);
  };
  const touch = (): void => {
    input = count();
  };
  const scroll = (): void => {
    depth = Math.max(depth, scrollY + innerHeight);
  };
  const tell = (): void => {
    count();
    scroll();
    // Of the height the document has by now: while it was growing nobody has seen its end.
    const scrolled = Math.min(100, Math.round((100 * depth) / document.documentElement.scrollHeight));
    const progress = total / STEP_MS + scrolled;
    if (Math.abs(progress - told) < 1) return;
    told = progress;
    tracker.event('engagement', { engagement_ms: Math.round(total), scroll_pct: scrolled });
  };

  onInput(touch);
  on('scroll', scroll);
  // Heard before the waiting line hears it, which then sends the last of a page together with the rest.
  on('focus blur visibilitychange', () => {
    touch();
    if (!inFront) tell();
  });
  setInterval(tell, REPORT_MS);
  // Arriving is a touch.
  touch();

  return [
    tell,
    () => {
      touch();
      total = depth = told = 0;
    },
  ];
}
