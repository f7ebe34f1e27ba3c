// The chart on screen: pointer, arrow keys, size and colours; what it says is also a sentence and a table (trend.tsx).
import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { valueBefore, valueOf } from '../../core/buckets.ts';
import { format } from '../../core/format.ts';
import { MEANING } from '../../core/metrics.ts';
import { useColourEpoch } from '../../core/use_theme.ts';
import { columns, createPlot, type Series } from './plot.ts';

interface Hover {
  index: number;
  left: number;
  width: number;
}

function wordsAt({ buckets, unit, metric, compared }: Series, index: number) {
  const bucket = buckets[index];
  if (!bucket) return null;
  return {
    when: format.bucket(unit, bucket.key),
    value: format.metric(metric, valueOf(bucket, metric, MEANING[metric].kind === 'count')),
    before: compared ? `${format.metric(metric, valueBefore(bucket, metric))} before` : '',
    note: bucket.phase === 'current' ? 'so far' : bucket.phase === 'future' ? 'not yet' : '',
  };
}

const STEP: Partial<Record<string, (index: number, last: number) => number>> = {
  ArrowLeft: (index) => index - 1,
  ArrowRight: (index) => index + 1,
  Home: () => 0,
  End: (_, last) => last,
};

export function Chart({ series, summaryId }: { series: Series; summaryId: string }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const epoch = useColourEpoch();
  const { metric, unit, buckets, compared } = series;
  const shape = `${metric} ${unit} ${compared} ${buckets.length} ${buckets[0]?.key ?? ''}`;

  useEffect(() => {
    const at = box.current;
    if (!at) return undefined;
    const made = createPlot(series, at, (index) => {
      setHover(
        index === null
          ? null
          : { index, left: made.over.offsetLeft + made.valToPos(index, 'x'), width: at.clientWidth },
      );
    });
    plot.current = made;
    const resize = new ResizeObserver(() => {
      made.setSize({ width: at.clientWidth, height: at.clientHeight });
    });
    resize.observe(at);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = null;
      setHover(null);
    };
    // New figures of the same shape only replace the data (below), so that a refresh never flickers.
  }, [shape, epoch]);

  useEffect(() => {
    plot.current?.setData(columns(series));
  }, [series]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEP[event.key];
    const u = plot.current;
    if (!step || !u) return;
    event.preventDefault();
    const last = buckets.length - 1;
    const current = buckets.findIndex(({ phase }) => phase === 'current');
    const next = Math.min(last, Math.max(0, hover ? step(hover.index, last) : Math.max(current, 0)));
    u.setCursor({ left: u.valToPos(next, 'x'), top: 10 });
  };
  const words = hover && wordsAt(series, hover.index);
  return (
    <div
      class="chart"
      tabIndex={0}
      role="group"
      aria-label={`${MEANING[metric].label} over time. Arrow keys read single points.`}
      aria-describedby={summaryId}
      onKeyDown={onKeyDown}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    >
      <div class="chart-box" ref={box} aria-hidden="true" />
      {hover && words && (
        <div
          class={hover.left > hover.width / 2 ? 'chart-tip chart-tip-left' : 'chart-tip'}
          style={{ left: `${hover.left}px` }}
        >
          <span class="chart-tip-when">{words.when}</span>
          <span class="chart-tip-value">
            {words.value} <span class="chart-tip-noun">{`${MEANING[metric].noun} ${words.note}`}</span>
          </span>
          {words.before && <span class="chart-tip-when">{words.before}</span>}
        </div>
      )}
      <p class="unseen" aria-live="polite">
        {words ? `${words.when}: ${words.value} ${words.note} ${words.before}`.trim() : ''}
      </p>
    </div>
  );
}
