// How a figure stands to the one before: in percent of it, or in percentage points where it is a share itself.
import { LESS_IS_BETTER, MEANING, type MetricKey } from './metrics.ts';

export interface Change {
  text: string;
  tone: 'better' | 'worse' | 'same';
}

const percent = new Intl.NumberFormat('en-GB', {
  style: 'percent',
  maximumFractionDigits: 0,
  signDisplay: 'exceptZero',
});
const points = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0, signDisplay: 'exceptZero' });

/** Null where one of the two has no value. */
export function changeOf(
  metric: MetricKey,
  now: number | null | undefined,
  before: number | null | undefined,
): Change | null {
  if (now === null || now === undefined || before === null || before === undefined) return null;
  const better = LESS_IS_BETTER.includes(metric) ? now < before : now > before;
  const tone = now === before ? 'same' : better ? 'better' : 'worse';
  if (MEANING[metric].kind === 'share') return { text: `${points.format((now - before) * 100)} pp`, tone };
  if (before === 0) return { text: now === 0 ? percent.format(0) : 'new', tone };
  return { text: percent.format((now - before) / before), tone };
}
