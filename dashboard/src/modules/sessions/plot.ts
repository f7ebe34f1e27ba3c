// uPlot, set up for one metric over time: a line with a soft ground, its unfinished last stretch dashed.
import uPlot from 'uplot';
import { valueBefore, valueOf, type Bucket, type Unit } from '../../core/buckets.ts';
import { format } from '../../core/format.ts';
import { MEANING, type MetricKey } from '../../core/metrics.ts';
import { isOfDays, labelledBuckets, valueLines } from './scales.ts';

export interface Series {
  buckets: Bucket[];
  unit: Unit;
  metric: MetricKey;
  /** The time before is drawn behind. */
  compared: boolean;
}

/** Room for one label of the time axis, in CSS pixels. */
const LABEL_PX = 72;
/** Beyond so many buckets the dots would touch. */
const MOST_DOTS = 31;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: get('--accent'),
    ground: get('--chart-ground'),
    groundEnd: get('--chart-ground-end'),
    ghost: get('--ghost'),
    grid: get('--line'),
    text: get('--ink-3'),
    surface: get('--surface'),
    font: `12px ${get('--font') || 'sans-serif'}`,
  };
}

/** Columns for uPlot: bucket numbers, the time before, finished values, and the stretch to the unfinished one. */
export function columns({ buckets, metric }: Series): uPlot.AlignedData {
  const isCount = MEANING[metric].kind === 'count';
  const values = buckets.map((bucket) => valueOf(bucket, metric, isCount));
  const current = buckets.findIndex(({ phase }) => phase === 'current');
  const open = current < 0 ? buckets.length : current;
  return [
    buckets.map((_, index) => index),
    buckets.map((bucket) => valueBefore(bucket, metric)),
    values.map((value, index) => (index < open ? value : null)),
    values.map((value, index) => (index === open || index === open - 1 ? value : null)),
  ];
}

function axes(series: Series, colour: ReturnType<typeof colours>): uPlot.Axis[] {
  const plain = { stroke: colour.text, font: colour.font, ticks: { show: false } };
  const lines = (u: uPlot) => valueLines(series.metric, highest(u.data));
  return [
    {
      ...plain,
      size: 30,
      gap: 8,
      grid: { show: false },
      splits: (u) => labelledBuckets(series.buckets, series.unit, Math.floor(u.width / LABEL_PX)),
      values: (_, splits) => {
        const months = series.unit === 'day' && series.buckets.length > 120;
        const unit = months ? 'month' : isOfDays(series.buckets, series.unit) ? 'day' : series.unit;
        return splits.map((index) => {
          const key = series.buckets[index]?.key;
          if (key === undefined) return '';
          return format.bucketTick(unit, unit === 'day' ? key.slice(0, 10) : key);
        });
      },
    },
    {
      ...plain,
      size: 52,
      gap: 10,
      grid: { stroke: colour.grid, width: 1 },
      splits: lines,
      values: (_, splits) => splits.map((value) => format.tick(series.metric, value)),
    },
  ];
}

function highest(data: uPlot.AlignedData): number {
  let most = 0;
  for (const column of data.slice(1)) for (const value of column) most = Math.max(most, value ?? 0);
  return most;
}

/** A gradient from the line down to the ground; built per draw, since the height may have changed. */
function ground(colour: ReturnType<typeof colours>) {
  return (u: uPlot) => {
    const fill = u.ctx.createLinearGradient(0, u.bbox.top, 0, u.bbox.top + u.bbox.height);
    fill.addColorStop(0, colour.ground);
    fill.addColorStop(1, colour.groundEnd);
    return fill;
  };
}

export function createPlot(series: Series, at: HTMLElement, onCursor: (index: number | null) => void): uPlot {
  const colour = colours();
  const last = Math.max(series.buckets.length - 1, 1);
  const line: uPlot.Series = {
    stroke: colour.line,
    width: 2,
    fill: ground(colour),
    points: {
      show: series.buckets.length <= MOST_DOTS,
      size: 6,
      width: 2,
      stroke: colour.line,
      fill: colour.surface,
    },
  };
  return new uPlot(
    {
      width: Math.max(at.clientWidth, 1),
      height: Math.max(at.clientHeight, 1),
      padding: [10, 30, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { size: 10, width: 2, stroke: () => colour.surface, fill: () => colour.line },
      },
      scales: {
        x: { time: false, range: () => [0, last] },
        y: { range: (u) => [0, valueLines(series.metric, highest(u.data)).at(-1) ?? 1] },
      },
      series: [
        {},
        { show: series.compared, stroke: colour.ghost, width: 2, dash: [2, 4], points: { show: false } },
        line,
        { ...line, dash: [5, 5] },
      ],
      axes: axes(series, colour),
      hooks: {
        setCursor: [
          (u) => {
            onCursor(u.cursor.idx ?? null);
          },
        ],
      },
    },
    columns(series),
    at,
  );
}
