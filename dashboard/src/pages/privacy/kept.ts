// For how long what is kept, and what was deleted for its age.
import { get } from '../../core/api.ts';
import { format } from '../../core/format.ts';

export interface Kept {
  /** `events`, `sums`, `personal`, `receipts`, or a newer server's word. */
  name: string;
  what: string;
  limit: { count: number; unit: string };
  /** Unix milliseconds; null when there is nothing, or nobody could be asked. */
  oldest: number | null;
  /** Null before the first. */
  lastRun: number | null;
  removed: number;
  nextRun: number | null;
  /** Why the last run did not come to its end; empty when it did. */
  error: string;
}

type Json = Record<string, unknown>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

export function decodeKept(json: unknown): Kept[] {
  const { classes } = object(json);
  return (Array.isArray(classes) ? (classes as unknown[]) : []).map((line) => {
    const given = object(line);
    const limit = object(given['limit']);
    return {
      name: text(given['class']),
      what: text(given['what']),
      limit: { count: number(limit['count']) ?? 0, unit: text(limit['unit']) },
      oldest: number(given['oldest']),
      lastRun: number(given['last_run']),
      removed: number(given['removed']) ?? 0,
      nextRun: number(given['next_run']),
      error: text(given['error']),
    };
  });
}

export async function kept(site: number): Promise<Kept[]> {
  return decodeKept(await get(`/api/v1/privacy/retention?site=${site}`));
}

/** `13 months`, `1 year`. */
export function limitWords({ count, unit }: Kept['limit']): string {
  return `${format.count(count)} ${count === 1 ? unit.replace(/s$/, '') : unit}`;
}

/** What the last run came to. */
export function runWords({ lastRun, removed, error }: Kept, clock: Intl.DateTimeFormat): string {
  if (lastRun === null) return 'Not yet';
  const at = clock.format(lastRun);
  if (error !== '') return `${at}: failed`;
  return `${at}: ${removed === 0 ? 'nothing was too old' : `${format.count(removed)} deleted`}`;
}
