/** A heartbeat comes so often. */
export const BEAT_MS = 15_000;
/** And stops when nobody has touched the tab for so long. */
export const IDLE_MS = 600_000;
