// This file imports nothing: only then does the bundler write numbers where they are used.

/** So many items the door takes of one event. */
export const ITEMS_LIMIT = 200;
/** So many pages of one document are remembered. */
export const PAGES_LIMIT = 20;
/** A URL this long and the rest of a heartbeat stay within the door's 1 KiB. */
export const PRESENCE_URL_LENGTH = 700;
/** Nobody waits longer for an answer. */
export const ANSWER_LIMIT_MS = 3_000;
/** A needed script that did not come is fetched again after so long. */
export const AGAIN_MS = 30_000;
