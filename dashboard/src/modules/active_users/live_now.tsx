// The count of who is here now, with its windows; spoken at most every 15 s.
import { useEffect, useRef, useState } from 'preact/hooks';
import { format } from '../../core/format.ts';
import { LIVE_MEANING } from '../../core/metrics.ts';
import { Bone, Term } from '../../core/ui/parts.tsx';
import { createAnnouncer, displayNow } from './display.ts';
import type { Live } from './use_presence.ts';

/** The number in words, for screen readers. */
function useAnnouncement(shown: number | null): string {
  const [words, setWords] = useState('');
  const announcer = useRef(createAnnouncer());
  useEffect(() => {
    if (shown === null) return;
    const next = announcer.current(shown, performance.now());
    if (next !== null) setWords(`${format.count(next)} ${next === 1 ? 'visitor' : 'visitors'} online now`);
  });
  return words;
}

export function LiveNow({ live: { presence, connected } }: { live: Live }) {
  const shown = presence && displayNow(presence.now, presence.nowEma);
  const words = useAnnouncement(shown);
  const windows = [
    { ...LIVE_MEANING.last_5_min, value: presence?.last5 },
    { ...LIVE_MEANING.last_30_min, value: presence?.last30 },
  ];
  return (
    <div class="live-now">
      <h2 class="label live-label">
        <span class={shown ? 'dot dot-live' : 'dot'} aria-hidden="true" />
        <Term {...LIVE_MEANING.now} />
        <span class="live-note" role="status">
          {connected ? '' : 'Reconnecting…'}
        </span>
      </h2>
      <p
        class="live-number"
        title={presence ? `${format.count(presence.now)} counted this second` : undefined}
      >
        {shown === null ? <Bone kind="number" /> : format.count(shown)}
      </p>
      <dl class="live-windows">
        {windows.map(({ label, definition, value }) => (
          <div key={label}>
            <dt>
              <Term label={label} definition={definition} />
            </dt>
            <dd>{value === undefined ? <Bone kind="word" /> : format.count(value)}</dd>
          </div>
        ))}
      </dl>
      <p class="unseen" aria-live="polite">
        {words}
      </p>
    </div>
  );
}
