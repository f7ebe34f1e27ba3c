// What was asked to be erased, newest first, and what became of it.
import { format, printable } from '../../core/format.ts';
import { Bone, Failure } from '../../core/ui/parts.tsx';
import type { Listed } from '../../core/use_list.ts';
import type { Erasure } from './subjects.ts';

const STATUS: Partial<Record<string, string>> = { waiting: 'Being carried out', done: 'Done' };

export function Erasures({ loaded, zone }: { loaded: Listed<Erasure[]>; zone: string }) {
  const { items: value, problem, reload: load } = loaded;
  if (problem && !value) return <Failure problem={problem} retry={load} />;
  if (!value) return <Bone kind="row" />;
  if (value.length === 0) return <p class="quiet">Nobody was erased yet.</p>;
  const clock = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  });
  return (
    <ul class="erasures">
      {value.map(({ id, at, status, doneAt, visitors, why }) => (
        <li key={id}>
          <span class="erasure-status" data-status={status}>
            {STATUS[status] ?? printable(status)}
          </span>
          <span>
            Asked <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
            {doneAt !== null && <>, done {clock.format(doneAt)}</>}
          </span>
          <span class="quiet">{visitors === 1 ? '1 visitor' : `${format.count(visitors)} visitors`}</span>
          {why !== '' && (
            <span class="erasure-why">
              <bdi>{printable(why)}</bdi>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
