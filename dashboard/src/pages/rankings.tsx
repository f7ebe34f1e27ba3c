// Where visits come from, begin and end, and with what: a table of reports, three cards.
import { RankingCard, type Asked, type Ranking } from '../core/ui/ranking.tsx';

const regions = new Intl.DisplayNames('en-GB', { type: 'region' });

/** A country's name; what is no country's code stays. */
export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code;
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const CARDS: readonly (readonly Ranking[])[] = [
  [
    { report: 'sources', label: 'Sources', dimension: 'source', unnamed: 'No source' },
    { report: 'channels', label: 'Channels', dimension: 'channel', unnamed: 'No channel' },
    { report: 'campaigns', label: 'Campaigns', dimension: 'campaign', unnamed: 'No campaign' },
  ],
  [
    { report: 'countries', label: 'Countries', dimension: 'country', name: countryName, unnamed: 'Unknown' },
    { report: 'devices', label: 'Devices', dimension: 'device_type', name: capitalised, unnamed: 'Unknown' },
  ],
  [
    { report: 'entry_pages', label: 'Entry pages', dimension: 'entry_page', name: 'path', unnamed: '(none)' },
    { report: 'exit_pages', label: 'Exit pages', dimension: 'exit_page', name: 'path', unnamed: '(none)' },
  ],
];

export function Rankings({ asked }: { asked: Asked }) {
  return (
    <div class="rankings">
      {CARDS.map((rankings) => (
        <RankingCard key={rankings[0]?.report} rankings={rankings} asked={asked} />
      ))}
    </div>
  );
}
