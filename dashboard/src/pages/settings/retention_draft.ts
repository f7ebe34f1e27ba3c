// What was typed of how long what is kept, against what is saved.
import type { FieldError } from '../../core/problem.ts';

export const LIMITS = ['events', 'sums', 'personal', 'receipts'] as const;
export type LimitName = (typeof LIMITS)[number];

/** Months, of receipts years. Null: this server does not know of it. */
export type Limits = Record<LimitName, number>;
export type LimitsDraft = Record<LimitName, string>;

const MOST: Record<LimitName, number> = { events: 120, sums: 120, personal: 120, receipts: 10 };

export function decodeLimits(json: unknown): Limits | null {
  if (typeof json !== 'object' || json === null) return null;
  const given = json as Record<string, unknown>;
  return Object.fromEntries(LIMITS.map((name) => [name, Number(given[name])])) as Limits;
}

export function limitsDraft(limits: Limits | null): LimitsDraft | null {
  return limits && (Object.fromEntries(LIMITS.map((name) => [name, String(limits[name])])) as LimitsDraft);
}

/** The `retention` of a `PATCH`; null when nothing differs. What is not named in it stays. */
export function limitChanges(saved: Limits | null, draft: LimitsDraft | null): Partial<Limits> | null {
  if (!saved || !draft) return null;
  const changed = LIMITS.filter((name) => draft[name].trim() !== String(saved[name]));
  if (changed.length === 0) return null;
  return Object.fromEntries(changed.map((name) => [name, Number(draft[name])]));
}

/** What is no number, or none that may be. */
export function wrongLimits(draft: LimitsDraft | null): FieldError[] {
  if (!draft) return [];
  return LIMITS.flatMap((name) => {
    const typed = draft[name].trim();
    if (/^\d{1,3}$/.test(typed) && Number(typed) >= 1 && Number(typed) <= MOST[name]) return [];
    return [{ field: `retention.${name}`, message: `A whole number, 1 to ${MOST[name]}.` }];
  });
}

/** Does saving this delete anything that is kept now? */
export function isShorter(saved: Limits | null, draft: LimitsDraft | null): boolean {
  return saved !== null && draft !== null && LIMITS.some((name) => Number(draft[name]) < saved[name]);
}
