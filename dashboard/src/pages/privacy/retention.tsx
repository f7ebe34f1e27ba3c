// For how long what is kept, as a table; on a phone each class is a block of its own.
import { printable } from '../../core/format.ts';
import { Bone, Failure } from '../../core/ui/parts.tsx';
import type { Listed } from '../../core/use_list.ts';
import { limitWords, runWords, type Kept } from './kept.ts';

const COLUMNS = ['What', 'Kept for', 'Oldest', 'Last run', 'Next run'] as const;

function Line({ kept, zone }: { kept: Kept; zone: string }) {
  const clock = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  });
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: zone });
  const cells = [
    limitWords(kept.limit),
    kept.oldest === null ? 'Nothing there' : day.format(kept.oldest),
    runWords(kept, clock),
    kept.nextRun === null ? '–' : clock.format(kept.nextRun),
  ];
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        {kept.what === '' ? printable(kept.name) : kept.what}
        {kept.error !== '' && (
          <span class="kept-error">
            The last run failed: <bdi>{printable(kept.error)}</bdi>
          </span>
        )}
      </th>
      {cells.map((words, at) => (
        <td key={COLUMNS[at + 1]} role="cell" data-column={COLUMNS[at + 1]}>
          {words}
        </td>
      ))}
    </tr>
  );
}

function Body({ loaded, zone }: { loaded: Listed<Kept[]>; zone: string }) {
  const { items: value, problem, reload: load } = loaded;
  if (problem && !value) return <Failure problem={problem} retry={load} />;
  if (!value) return <Bone kind="row" />;
  if (value.length === 0) return <p class="quiet kept-none">This server keeps nothing that ages.</p>;
  return (
    // The roles stay where a phone lays the rows out as blocks.
    <table class="stored-table kept-table" role="table" aria-labelledby="kept-title">
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((name) => (
            <th key={name} scope="col" role="columnheader">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {value.map((kept) => (
          <Line key={kept.name} kept={kept} zone={zone} />
        ))}
      </tbody>
    </table>
  );
}

export function Retention({ loaded, zone }: { loaded: Listed<Kept[]>; zone: string }) {
  return (
    <section class="card stored" aria-labelledby="kept-title">
      <h2 class="card-title" id="kept-title">
        How long what is kept
      </h2>
      <p class="receipts-lead">
        What is older is deleted once a day, soon after the site’s midnight. Nothing brings it back.
      </p>
      <Body loaded={loaded} zone={zone} />
    </section>
  );
}
