// What the screen can be divided and narrowed by: the server's words, and the people's.
import { printable, readablePath } from './format.ts';

interface Words {
  /** What one is: `Country`. */
  label: string;
  /** What several are: `Countries`. */
  plural: string;
  /** What the empty value is called. */
  none: string;
  /** How its values are called; without it, as they are. `path`: a page's path, which visitors write. */
  name?: 'path' | ((value: string) => string);
  /** Few different values, all known at once. */
  few?: boolean;
}

const regions = new Intl.DisplayNames('en-GB', { type: 'region' });
const languages = new Intl.DisplayNames('en-GB', { type: 'language' });

/** A country's name; what is no country's code stays. */
export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code;
}

function languageName(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    // Browsers send what they like; what is no language's tag stays.
    return code;
  }
}

const deviceName = (word: string): string => (word === 'tv' ? 'TV' : capitalised(word));
const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const plain = (label: string, plural: string, none = 'Unknown'): Words => ({ label, plural, none });

/** In the order in which a person is offered them. */
export const DIMENSIONS: Record<string, Words> = {
  page: { label: 'Page', plural: 'Pages', none: '(none)', name: 'path' },
  page_template: { label: 'Page template', plural: 'Page templates', none: '(none)', name: 'path' },
  entry_page: { label: 'Entry page', plural: 'Entry pages', none: '(none)', name: 'path' },
  exit_page: { label: 'Exit page', plural: 'Exit pages', none: '(none)', name: 'path' },
  title: plain('Page title', 'Page titles', 'No title'),
  hostname: plain('Host name', 'Host names'),
  source: plain('Source', 'Sources', 'No source'),
  channel: { label: 'Channel', plural: 'Channels', none: 'No channel', few: true },
  campaign: plain('Campaign', 'Campaigns', 'No campaign'),
  medium: plain('Medium', 'Media', 'No medium'),
  referrer: plain('Referrer', 'Referrers', 'No referrer'),
  country: { label: 'Country', plural: 'Countries', none: 'Unknown', name: countryName, few: true },
  region: plain('Region', 'Regions'),
  city: plain('City', 'Cities'),
  language: { label: 'Language', plural: 'Languages', none: 'Unknown', name: languageName, few: true },
  device_type: { label: 'Device', plural: 'Devices', none: 'Unknown', name: deviceName, few: true },
  browser: { ...plain('Browser', 'Browsers'), few: true },
  os: { ...plain('System', 'Systems'), few: true },
  screen: plain('Window size', 'Window sizes'),
  event: plain('Event', 'Events'),
  new_vs_returning: { ...plain('New or returning', 'New or returning'), name: capitalised, few: true },
  identity: { ...plain('Recognised by', 'Recognised by'), name: capitalised, few: true },
  bot: { ...plain('Program', 'Programs', 'None, a person'), few: true },
};

const PROPERTY = 'prop:';

/** A name the server takes in a filter. */
export function isDimension(name: string): boolean {
  if (!name.startsWith(PROPERTY)) return Object.hasOwn(DIMENSIONS, name);
  const bytes = new TextEncoder().encode(name.slice(PROPERTY.length)).length;
  return bytes >= 1 && bytes <= 64;
}

export function wordsOf(dimension: string): Words {
  if (Object.hasOwn(DIMENSIONS, dimension)) return DIMENSIONS[dimension] ?? plain(dimension, dimension);
  const label = printable(dimension.slice(PROPERTY.length));
  return plain(label, label, 'Nothing');
}

/** A value as people read it, safe to stand in a line. */
export function valueName(dimension: string, value: string): string {
  const { none, name } = wordsOf(dimension);
  if (value === '') return none;
  return printable(name === 'path' ? readablePath(value) : name ? name(value) : value);
}
