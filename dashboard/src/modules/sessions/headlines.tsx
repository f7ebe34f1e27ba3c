// The figures of the period; each is also the switch that draws it.
import { changeOf } from '../../core/change.ts';
import { format } from '../../core/format.ts';
import { MEANING, METRICS, type MetricKey, type Metrics } from '../../core/metrics.ts';
import { Bone, ChangeMark } from '../../core/ui/parts.tsx';

interface Props {
  totals: Metrics | null;
  /** Of the time that is compared with. */
  before: Metrics | null;
  chosen: MetricKey;
  onChoose: (metric: MetricKey) => void;
}

export function Headlines({ totals, before, chosen, onChoose }: Props) {
  return (
    <ul class="tiles" aria-label="Figures of the period; each can be shown in the chart">
      {METRICS.map((metric) => {
        const { label, definition } = MEANING[metric];
        const tip = `tip-${metric}`;
        return (
          <li key={metric} class="tile-place">
            <button
              type="button"
              class="tile"
              aria-pressed={metric === chosen}
              aria-describedby={tip}
              onClick={() => {
                onChoose(metric);
              }}
            >
              <span class="tile-label">{label}</span>
              <span class="tile-value">
                {totals === null ? <Bone kind="number" /> : format.metric(metric, totals[metric])}
              </span>
              {totals && before && (
                <span class="tile-delta">
                  <ChangeMark change={changeOf(metric, totals[metric], before[metric])} />
                  <span class="unseen">{` from ${format.metric(metric, before[metric])}`}</span>
                </span>
              )}
            </button>
            <span class="tip" role="tooltip" id={tip}>
              {before && totals && `Before: ${format.metric(metric, before[metric])}. `}
              {definition}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
