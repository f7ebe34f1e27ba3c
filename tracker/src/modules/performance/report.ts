import type { MetricType } from 'web-vitals';
import { clean } from '../../core/address.ts';
import { short } from '../../core/text.ts';
import type { Site } from '../../core/site.ts';
import { pageOf } from './belonging.ts';

/** Texts and numbers of an attribution as texts; entries of the browser's timeline, which it also holds, are left out. */
export function plain(attribution: object): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [key, part] of Object.entries(attribution) as [string, unknown][]) {
    if (typeof part === 'number') said[key] = String(part);
    // An address is sent as any other: without secrets.
    else if (typeof part === 'string' && part) said[key] = short(key === 'url' ? clean(part) || part : part);
  }
  return said;
}

/** What reports a metric through the page's tracker; null where there is none. */
export function reporter(): ((metric: MetricType & { attribution?: object }) => void) | null {
  const { tracker } = ((window.ut || {}).shared || {}) as Partial<Site>;
  if (!tracker) return null;
  return (metric) => {
    const fields = {
      metric: metric.name,
      value: metric.value,
      rating: metric.rating,
      delta: metric.delta,
      metric_id: metric.id,
      navigation_type: metric.navigationType,
      attribution: metric.attribution && plain(metric.attribution),
    };
    tracker.event('web_vital', fields, Date.now(), pageOf(tracker.pages, metric, performance.timeOrigin));
  };
}
