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
  const told = (text: string): Change => {
    // What rounds to nothing is neither good nor bad.
    const tone = /^0/.test(text) ? 'same' : better ? 'better' : 'worse';
    return { text, tone };
  };
  if (MEANING[metric].kind === 'share') return told(`${points.format((now - before) * 100)} pp`);
  if (before === 0) return told(now === 0 ? percent.format(0) : 'new');
  return told(percent.format((now - before) / before));
}
