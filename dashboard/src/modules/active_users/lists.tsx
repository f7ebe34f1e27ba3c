// What is looked at now, and what just happened. Both keep the height of their fullest state.
import type { Activity, Presence } from '../../core/api.ts';
import { format } from '../../core/format.ts';
import { Bone, PagePath } from '../../core/ui/parts.tsx';
import { eventTone, eventWord } from './display.ts';

const ROWS = 5;

function Bones({ rows }: { rows: number }) {
  return (
    <>
      {[...Array(rows).keys()].map((place) => (
        <li key={place} class="line">
          <Bone kind="row" />
        </li>
      ))}
    </>
  );
}

export function PagesNow({ pages, rows = ROWS }: { pages: Presence['pages'] | null; rows?: number }) {
  return (
    <div class="live-list">
      <h3 class="label">Looked at now</h3>
      <ol class="lines">
        {pages === null ? (
          <Bones rows={rows} />
        ) : pages.length === 0 ? (
          <li class="line quiet">Nobody is looking at a page.</li>
        ) : (
          pages.slice(0, rows).map(({ page, visitors }) => (
            <li key={page} class="line">
              <PagePath path={page} />
              <span class="line-number">
                {format.count(visitors)}
                <span class="unseen"> visitors</span>
              </span>
            </li>
          ))
        )}
      </ol>
    </div>
  );
}

interface FeedProps {
  activity: Activity[];
  loading: boolean;
  zone: string;
  rows?: number;
}

export function Feed({ activity, loading, zone, rows = ROWS }: FeedProps) {
  return (
    <div class="live-list live-feed">
      <h3 class="label">Just now</h3>
      <ol class="lines">
        {activity.length === 0 && loading ? (
          <Bones rows={rows} />
        ) : activity.length === 0 ? (
          <li class="line quiet">New events appear here.</li>
        ) : (
          activity.slice(0, rows).map(({ id, name, page, at }) => (
            <li key={id} class="line feed-line">
              <time class="feed-time" dateTime={new Date(at).toISOString()}>
                {format.timeWithSeconds(at, zone)}
              </time>
              <span class={`feed-word tone-${eventTone(name)}`} title={name}>
                {eventWord(name)}
              </span>
              <PagePath path={page} empty="" />
            </li>
          ))
        )}
      </ol>
    </div>
  );
}
