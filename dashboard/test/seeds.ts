// Chance that a seed decides.
export interface Draw {
  below: (count: number) => number;
  of: <T>(list: readonly T[]) => T;
}

export function drawing(seed: number): Draw {
  let state = seed * 2_654_435_761 + 1;
  const below = (count: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  return { below, of: <T>(list: readonly T[]) => list[below(list.length)] as T };
}
