// Requests of single persons: find what is kept of one, hand it out, erase it.
import type { TargetedSubmitEvent } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Site } from '../../core/api.ts';
import { save } from '../../core/csv.ts';
import { format, printable } from '../../core/format.ts';
import { asProblem } from '../../core/problem.ts';
import { DownloadIcon } from '../../core/ui/icons.tsx';
import type { Listed } from '../../core/use_list.ts';
import { EraseDialog } from './erase.tsx';
import { Erasures } from './erasures.tsx';
import {
  erase,
  exported,
  find,
  isAnything,
  WAY,
  WAYS,
  type Erasure,
  type Found,
  type Person,
  type Way,
} from './subjects.ts';

interface Props {
  site: Site;
  /** What was asked to be erased. */
  erased: Listed<Erasure[]>;
  onSignedOut: () => void;
}

interface Finding {
  person: Person;
  found: Found;
}

/** One piece of work at a time; what goes wrong is said in words. */
function useWork(onSignedOut: () => void) {
  const [busy, setBusy] = useState('');
  const [refusal, setRefusal] = useState('');
  const work = (name: string, run: () => Promise<void>) => {
    setBusy(name);
    setRefusal('');
    run()
      .catch((error: unknown) => {
        const problem = asProblem(error);
        if (problem.status === 401) onSignedOut();
        setRefusal(problem.fields[0]?.message ?? problem.detail);
      })
      .finally(() => {
        setBusy('');
      });
  };
  return { busy, refusal, work };
}

function Facts({ found, zone }: { found: Found; zone: string }) {
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: zone });
  const span =
    found.first === null || found.last === null
      ? 'No events'
      : `${day.format(found.first)} to ${day.format(found.last)}`;
  const facts: [string, string][] = [
    ['Visitors', format.count(found.visitors)],
    ['Events', format.count(found.events)],
    ['Sessions', format.count(found.sessions)],
    ['Receipts', format.count(found.receipts)],
    ['Seen', span],
    ['Personal data', found.personal.length > 0 ? found.personal.map(printable).join(', ') : 'None'],
  ];
  return (
    <dl class="found-facts">
      {facts.map(([name, words]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}

function FindForm({ busy, onFind }: { busy: boolean; onFind: (person: Person) => void }) {
  const id = useId();
  const [way, setWay] = useState<Way>('email');
  const [value, setValue] = useState('');
  const go = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (value.trim() !== '') onFind({ way, value });
  };
  return (
    <form class="find-form" onSubmit={go}>
      <div class="field">
        <label for={`${id}-way`}>Find by</label>
        <select
          id={`${id}-way`}
          class="choice"
          value={way}
          onChange={(event) => {
            setWay(WAYS.find((each) => each === event.currentTarget.value) ?? 'email');
          }}
        >
          {WAYS.map((each) => (
            <option key={each} value={each}>
              {WAY[each].label}
            </option>
          ))}
        </select>
      </div>
      <div class="field find-value">
        <label for={`${id}-value`}>{WAY[way].label}</label>
        <input
          id={`${id}-value`}
          type="text"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          placeholder={WAY[way].example}
          value={value}
          onInput={(event) => {
            setValue(event.currentTarget.value);
          }}
        />
      </div>
      <button type="submit" class="button" disabled={busy || value.trim() === ''}>
        {busy ? 'Looking…' : 'Find'}
      </button>
    </form>
  );
}

function Actions(props: { exporting: boolean; onExport: () => void; onErase: () => void }) {
  return (
    <div class="found-actions">
      <button type="button" class="button" disabled={props.exporting} onClick={props.onExport}>
        <DownloadIcon />
        {props.exporting ? 'Gathering…' : 'Export'}
      </button>
      <button type="button" class="button danger" onClick={props.onErase}>
        Erase…
      </button>
    </div>
  );
}

export function Subjects({ site, erased, onSignedOut }: Props) {
  const { busy, refusal, work } = useWork(onSignedOut);
  const [finding, setFinding] = useState<Finding | null>(null);
  const [erasing, setErasing] = useState(false);
  const [said, setSaid] = useState('');
  const look = (person: Person) => {
    setFinding(null);
    setSaid('');
    work('find', async () => {
      const found = await find(site.id, person);
      setFinding({ person, found });
      setSaid(isAnything(found) ? 'This is kept of them.' : 'Nothing is kept under this name.');
    });
  };
  const any = finding !== null && isAnything(finding.found);
  return (
    <section class="card stored" aria-labelledby="subjects-title">
      <h2 class="card-title" id="subjects-title">
        Requests of single persons
      </h2>
      <p class="receipts-lead">
        What is kept of somebody, to hand out or to erase. Make sure first that whoever asks is who they say.
      </p>
      <FindForm busy={busy === 'find'} onFind={look} />
      <p class="found-said" role="status">
        {said}
      </p>
      {refusal !== '' && (
        <p class="form-error" role="alert">
          {refusal}
        </p>
      )}
      {any && (
        <>
          <Facts found={finding.found} zone={site.timezone} />
          <Actions
            exporting={busy === 'export'}
            onExport={() => {
              work('export', async () => {
                save('subject-export.zip', await exported(site.id, finding.person));
              });
            }}
            onErase={() => {
              setErasing(true);
            }}
          />
        </>
      )}
      <h3 class="erasures-title">Erasures</h3>
      <Erasures loaded={erased} zone={site.timezone} />
      {erasing && finding && (
        <EraseDialog
          person={finding.person}
          run={async () => {
            await erase(site.id, finding.person);
            setFinding(null);
            setSaid('The erasure is noted. Its state is below.');
            erased.reload();
          }}
          onClose={() => {
            setErasing(false);
          }}
        />
      )}
    </section>
  );
}
