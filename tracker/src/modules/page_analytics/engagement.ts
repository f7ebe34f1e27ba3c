import { on, onInput } from '../../core/input.ts';
import type { Tracker } from '../../core/tracker.ts';
import { REPORT_MS, STEP_MS, attended } from './attention.ts';

/**
 * Tells for how long the page is looked at (in front, focused, touched within the last minute) and how far down:
 * totals of its showing, so that losing one or sending it twice does no harm. Returns what tells the last of a page
 * and begins the next one.
 */
export function startEngagement(tracker: Tracker): (turn: () => void) => void {
  let counted = performance.now();
  // Arriving is a touch.
  let input = counted;
  let inFront = false;
  let total = 0;
  let scrolled = 0;
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
    const { scrollHeight } = document.documentElement;
    scrolled = Math.min(100, Math.max(scrolled, Math.round((100 * (scrollY + innerHeight)) / scrollHeight)));
  };
  const tell = (): void => {
    count();
    scroll();
    const progress = total / STEP_MS + scrolled;
    if (progress < told + 1) return;
    told = progress;
    tracker.event('engagement', Date.now(), { engagement_ms: Math.round(total), scroll_pct: scrolled });
  };

  onInput(touch);
  on('scroll', scroll);
  // Heard before the waiting line hears it, which then sends the last of a page together with the rest.
  on('focus blur visibilitychange', () => {
    touch();
    if (!inFront) tell();
  });
  setInterval(tell, REPORT_MS);
  touch();

  return (turn) => {
    tell();
    turn();
    total = scrolled = told = 0;
    touch();
  };
}
