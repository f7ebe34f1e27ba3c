// Questions as `POST /api/v1/q` takes them, and how a part of the screen asks its own.
import type { Conditions } from './filters.ts';
import type { Dates } from './period.ts';
import type { Comparison } from './url.ts';

export interface Query {
  metrics: readonly string[];
  dimensions: readonly string[];
  date_range: string | Dates;
  filters?: Conditions;
  compare?: Comparison;
  order_by?: readonly (readonly [string, 'asc' | 'desc'])[];
  limit?: number;
  offset?: number;
  /** False where nobody looks at them: the answer is there sooner. */
  totals?: false;
}

/** What all questions of a screen have in common. */
export interface Scope {
  date_range: string | Dates;
  filters: Conditions | undefined;
  compare: Comparison | null;
}

/** A question of its own about what the screen shows. */
export function queryOf(scope: Scope, own: Omit<Query, keyof Scope> & { filters?: Conditions }): Query {
  const filters = both(scope.filters, own.filters);
  return {
    ...own,
    date_range: scope.date_range,
    ...(filters && { filters }),
    ...(scope.compare && { compare: scope.compare }),
  };
}

function isAll(conditions: Conditions): conditions is Extract<Conditions, readonly ['and', ...unknown[]]> {
  return conditions[0] === 'and';
}

/** Both hold. */
function both(a: Conditions | undefined, b: Conditions | undefined): Conditions | undefined {
  if (!a || !b) return a ?? b;
  const parts = [a, b].flatMap((one) => (isAll(one) ? one.slice(1) : [one]));
  return ['and', ...parts] as unknown as Conditions;
}
