// The last thirty minutes as bars, with the same figures as a table for those who do not see them.
import { format } from '../../core/format.ts';

const BAR = 8;
const GAP = 3;
const HEIGHT = 64;
/** A minute without visitors still shows its place. */
const STUB = 2;

export const NO_MINUTES = new Array<number>(30).fill(0);

function minuteName(index: number, count: number): string {
  const ago = count - 1 - index;
  return ago === 0 ? 'This minute' : `${ago} min ago`;
}

/** `loading`: the minutes are not known yet, and nothing may look like a count of zero. */
export function Minutes({ perMinute, loading }: { perMinute: number[]; loading: boolean }) {
  const most = Math.max(1, ...perMinute);
  const last = perMinute.at(-1) ?? 0;
  const summary = loading
    ? 'Visitors per minute, not known yet.'
    : `Visitors per minute, last 30 minutes: at most ${format.count(most)}, this minute ${format.count(last)}.`;
  return (
    <div class="minutes">
      <div class="minutes-head">
        <h3 class="label">Visitors per minute</h3>
        <span class="minutes-peak">{loading ? '' : `peak ${format.count(Math.max(0, ...perMinute))}`}</span>
      </div>
      <svg
        class="minutes-bars"
        viewBox={`0 0 ${perMinute.length * (BAR + GAP) - GAP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summary}
      >
        {perMinute.map((value, index) => {
          const height = STUB + (value / most) * (HEIGHT - STUB);
          return (
            <g key={index}>
              <title>{`${minuteName(index, perMinute.length)}: ${format.count(value)}`}</title>
              <rect class="bar-hit" x={index * (BAR + GAP)} y={0} width={BAR + GAP} height={HEIGHT} />
              <rect
                class={value === 0 ? 'bar bar-none' : index === perMinute.length - 1 ? 'bar bar-now' : 'bar'}
                x={index * (BAR + GAP)}
                y={HEIGHT - height}
                width={BAR}
                height={height}
              />
            </g>
          );
        })}
      </svg>
      <div class="minutes-foot" aria-hidden="true">
        <span>30 min ago</span>
        <span>now</span>
      </div>
      <table class="unseen">
        <caption>Visitors per minute</caption>
        <tbody>
          {perMinute.map((value, index) => (
            <tr key={index}>
              <th scope="row">{minuteName(index, perMinute.length)}</th>
              <td>{format.count(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
