// Who is here now.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Site } from '../../core/api.ts';
import { format } from '../../core/format.ts';
import { LIVE_MEANING } from '../../core/metrics.ts';
import { Bone, Term } from '../../core/ui/parts.tsx';
import { createAnnouncer, displayNow } from './display.ts';
import { Feed, PagesNow } from './lists.tsx';
import { Minutes } from './minutes.tsx';
import { usePresence } from './use_presence.ts';

const NO_MINUTES = new Array<number>(30).fill(0);

/** The number in words, for screen readers, at most every 15 s. */
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

interface Props {
  /** Null while the sites are not known: grey places, no stream. */
  site: Site | null;
  onActivity: () => void;
  onSignedOut: () => void;
}

export function LiveStrip({ site, onActivity, onSignedOut }: Props) {
  const { presence, activity, connected } = usePresence(site?.id ?? null, { onActivity, onSignedOut });
  const shown = presence && displayNow(presence.now, presence.nowEma);
  const words = useAnnouncement(shown);
  const windows = [
    { ...LIVE_MEANING.last_5_min, value: presence?.last5 },
    { ...LIVE_MEANING.last_30_min, value: presence?.last30 },
  ];
  return (
    <section class="card live" aria-label="Live" data-connected={connected}>
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
      <Minutes perMinute={presence?.perMinute ?? NO_MINUTES} loading={presence === null} />
      <PagesNow pages={presence?.pages ?? null} />
      <Feed activity={activity} loading={presence === null} zone={site?.timezone ?? 'UTC'} />
    </section>
  );
}
