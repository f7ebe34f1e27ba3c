/** Without input for so long, nobody is looking any more. */
const ATTENTION_MS = 60_000;
/** A growing total is told so often. */
export const REPORT_MS = 30_000;
/** Less, or less than a percent further down, is not worth an event. */
export const STEP_MS = 500;

/** How much of the time between two moments somebody was looking, who last touched the page at `input`. */
export function attended(from: number, until: number, input: number): number {
  return Math.max(0, Math.min(until, input + ATTENTION_MS) - from);
}
