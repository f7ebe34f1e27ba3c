// The receipts as a table, newest first; on a phone each is a block of its own.
import { csvName, csvText, download } from '../../core/csv.ts';
import type { Site } from '../../core/api.ts';
import { printable } from '../../core/format.ts';
import { wallClock } from '../../core/zone.ts';
import { CheckIcon, CloseIcon, DownloadIcon } from '../../core/ui/icons.tsx';
import { Bone, Failure } from '../../core/ui/parts.tsx';
import { ChainFinding, useChain } from './chain.tsx';
import {
  AXES,
  receiptRows,
  SAID_WORD,
  saidAs,
  sourceName,
  whoseName,
  type Receipt,
  type Said,
} from './receipts.ts';
import { placeName } from './rules.ts';
import { useReceipts, type Loaded } from './use_receipts.ts';

const COLUMNS = ['Receipt', 'Analytics', 'Marketing', 'Personalization', 'Said by', 'Whose'];

function Answer({ said }: { said: Said }) {
  const as = saidAs(said);
  return (
    <span class="said" data-said={as}>
      {as === 'yes' ? <CheckIcon /> : as === 'no' ? <CloseIcon /> : null}
      {SAID_WORD[as]}
    </span>
  );
}

function Line({ receipt, clock }: { receipt: Receipt; clock: Intl.DateTimeFormat }) {
  const { number, id, at, gpc, source, policyVersion, region, whose } = receipt;
  const time = Date.parse(at);
  return (
    <tr role="row">
      <th scope="row" role="rowheader" class="receipt-when">
        <time dateTime={at}>{Number.isNaN(time) ? printable(at) : clock.format(time)}</time>
        <span class="receipt-more" title={id}>
          no. {number}
        </span>
      </th>
      {AXES.map((axis) => (
        <td key={axis} role="cell" class={`receipt-axis receipt-${axis}`}>
          <Answer said={receipt[axis]} />
        </td>
      ))}
      <td role="cell" class="receipt-by">
        <bdi>{sourceName(source)}</bdi>
        {policyVersion && (
          <span class="receipt-more">
            policy <bdi>{printable(policyVersion)}</bdi>
          </span>
        )}
        {gpc && source !== 'gpc' && <span class="receipt-more">with Global Privacy Control</span>}
      </td>
      <td role="cell" class="receipt-of">
        {whoseName(whose)}
        <span class="receipt-more">
          <bdi>{region === '' ? 'place not known' : placeName(region)}</bdi>
        </span>
      </td>
    </tr>
  );
}

function Table({ receipts, zone }: { receipts: Receipt[] | null; zone: string }) {
  const clock = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: zone,
  });
  return (
    // The roles stay where a phone lays the rows out as blocks.
    <table class="receipts-table" role="table" aria-label="Receipts" aria-busy={receipts === null}>
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
        {receipts
          ? receipts.map((receipt) => <Line key={receipt.number} receipt={receipt} clock={clock} />)
          : [0, 1, 2, 3].map((place) => (
              <tr key={place} role="row">
                <td colSpan={COLUMNS.length} role="cell" class="receipt-bone">
                  <Bone kind="row" />
                </td>
              </tr>
            ))}
      </tbody>
    </table>
  );
}

function Body({ loaded, zone }: { loaded: Loaded; zone: string }) {
  const { receipts, more, pending, problem, load } = loaded;
  if (problem && !receipts) return <Failure problem={problem} retry={load} />;
  if (receipts?.length === 0) {
    return (
      <div class="receipts-none">
        <p class="failure-title">No receipt yet</p>
        <p>One is written whenever a visitor chooses: in a banner, a consent platform or by opting out.</p>
      </div>
    );
  }
  return (
    <>
      <Table receipts={receipts} zone={zone} />
      {problem && (
        <p class="form-error" role="alert">
          {problem.detail}
        </p>
      )}
      {more && (
        <button type="button" class="button receipts-older" disabled={pending} onClick={load}>
          {pending ? 'Loading…' : 'Show older'}
        </button>
      )}
      {receipts && !more && <p class="quiet receipts-end">These are all of them.</p>}
    </>
  );
}

/** Hands the receipts that are shown to the browser. */
function save(site: Site, receipts: readonly Receipt[]): void {
  const times = receipts.map(({ at }) => Date.parse(at)).filter((time) => !Number.isNaN(time));
  const days = times.map((time) => wallClock(time, site.timezone).slice(0, 10)).sort();
  download(
    csvName(site.domain, 'consent receipts', days[0] ?? '', days.at(-1) ?? ''),
    csvText(receiptRows(receipts)),
  );
}

export function Receipts({ site, onSignedOut }: { site: Site; onSignedOut: () => void }) {
  const loaded = useReceipts(site.id, onSignedOut);
  const { finding, busy, check } = useChain(site.id, onSignedOut);
  const { receipts } = loaded;
  const any = receipts !== null && receipts.length > 0;
  return (
    <section class="card receipts" aria-labelledby="receipts-title">
      <div class="receipts-head">
        <div>
          <h2 class="card-title" id="receipts-title">
            Receipts
          </h2>
          <p class="receipts-lead">
            What visitors chose, newest first. Each receipt seals the one before it, so that a change in
            between shows when the chain is checked.
          </p>
        </div>
        <div class="receipts-actions">
          <button type="button" class="button" disabled={busy} onClick={check}>
            Check the chain
          </button>
          <button
            type="button"
            class="button quiet-button"
            aria-label="Receipts shown as CSV file"
            disabled={!any}
            onClick={() => {
              save(site, receipts ?? []);
            }}
          >
            <DownloadIcon />
            CSV
          </button>
        </div>
      </div>
      <ChainFinding finding={finding} busy={busy} />
      <Body loaded={loaded} zone={site.timezone} />
    </section>
  );
}
