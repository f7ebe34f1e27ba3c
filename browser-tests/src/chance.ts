/** Chance that a seed decides: what a test did can be done again. */
export interface Chance {
  /** A whole number from 0 to below `count`. */
  below(count: number): number;
  /** One of them. */
  of<T>(list: readonly T[]): T;
  /** True so often, 0 to 1. */
  is(share: number): boolean;
}

/** Mulberry32. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return {
    below,
    of<T>(list: readonly T[]): T {
      const found = list[below(list.length)];
      if (found === undefined) throw new Error('one of nothing');
      return found;
    },
    is: (share) => next() < share,
  };
}
