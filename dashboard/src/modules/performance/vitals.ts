// The five measures of a page's speed: their words, their published bounds, and how a value is rated. Pure.

export const VITALS = ['lcp', 'inp', 'cls', 'fcp', 'ttfb'] as const;
export type Vital = (typeof VITALS)[number];

export type Rating = 'good' | 'middling' | 'poor';

export const RATING_WORD: Record<Rating, string> = {
  good: 'Good',
  middling: 'Needs improvement',
  poor: 'Poor',
};

interface Meaning {
  name: string;
  short: string;
  definition: string;
  /** Good up to the first, poor beyond the second; milliseconds, and for CLS without a unit. */
  bounds: readonly [good: number, poor: number];
}

export const VITAL: Record<Vital, Meaning> = {
  lcp: {
    name: 'Largest Contentful Paint',
    short: 'LCP',
    definition: 'When the largest picture or text of the first screen was there. Good up to 2.5 s.',
    bounds: [2500, 4000],
  },
  inp: {
    name: 'Interaction to Next Paint',
    short: 'INP',
    definition: 'How long the page took to show that it noticed a tap or a key. Good up to 200 ms.',
    bounds: [200, 500],
  },
  cls: {
    name: 'Cumulative Layout Shift',
    short: 'CLS',
    definition: 'How much moved under the visitor’s eyes without their doing. Good up to 0.1.',
    bounds: [0.1, 0.25],
  },
  fcp: {
    name: 'First Contentful Paint',
    short: 'FCP',
    definition: 'When anything at all was to be seen. Good up to 1.8 s.',
    bounds: [1800, 3000],
  },
  ttfb: {
    name: 'Time to First Byte',
    short: 'TTFB',
    definition: 'When the first byte of the page arrived. Good up to 0.8 s.',
    bounds: [800, 1800],
  },
};

/** Fewer samples are not yet a judgement. */
export const ENOUGH = 50;

export interface Measured {
  /** Null without samples. */
  p75: number | null;
  samples: number;
  good: number;
  poor: number;
}

export function rate(vital: Vital, value: number): Rating {
  const [good, poor] = VITAL[vital].bounds;
  return value <= good ? 'good' : value <= poor ? 'middling' : 'poor';
}

/** `2.31 s`, `180 ms`, `0.08`. */
export function spell(vital: Vital, value: number): string {
  if (vital === 'cls') return value.toFixed(2);
  return value >= 1000 ? `${(value / 1000).toFixed(2)}\u00a0s` : `${Math.round(value)}\u00a0ms`;
}

type Metrics = Partial<Record<string, number | null>>;

/** One vital's figures in a row or in the totals. */
export function measuredIn(metrics: Metrics, vital: Vital): Measured {
  const count = (name: string) => Math.max(0, metrics[`${name}_${vital}`] ?? 0);
  const samples = count('samples');
  const good = Math.min(samples, count('good'));
  return {
    p75: samples > 0 ? (metrics[`p75_${vital}`] ?? null) : null,
    samples,
    good,
    poor: Math.min(samples - good, count('poor')),
  };
}

/** Good, middling and poor as shares of 100, whole and adding up. */
export function sharesOf({ samples, good, poor }: Measured): Record<Rating, number> {
  if (samples === 0) return { good: 0, middling: 0, poor: 0 };
  const percent = (count: number) => Math.round((count / samples) * 100);
  const shares = { good: percent(good), poor: percent(poor) };
  return { ...shares, middling: Math.max(0, 100 - shares.good - shares.poor) };
}
