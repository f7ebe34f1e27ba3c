import type { Site } from '../../core/site.ts';

/** Whoever comes back later shall not be made known again by it. */
const LIFE_MS = 600_000;

/** A random number in memory, from which every parallel first request of a page gets the same identity. */
export interface Seed {
  /** Makes one where there is none. */
  sow(): void;
  forget(): void;
  /** As a request says it. */
  ids(): { seed: string } | undefined;
}

export function createSeed(site: Site): Seed {
  let seed = '';
  let until = 0;
  const alive = (): boolean => {
    // It has served: the browser came with an identity.
    if (site.answer && site.answer.headers.get('X-UT-Id')) until = 0;
    return Date.now() < until;
  };
  return {
    sow() {
      if (alive()) return;
      delete site.answer;
      seed = randomUuid();
      until = Date.now() + LIFE_MS;
    },
    forget() {
      until = 0;
    },
    ids: () => (alive() ? { seed } : undefined),
  };
}

/** A UUIDv4; `crypto.randomUUID` is there only on https. */
function randomUuid(): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () =>
    (Number(crypto.getRandomValues(new Uint8Array(1))) & 15).toString(16),
  );
}
