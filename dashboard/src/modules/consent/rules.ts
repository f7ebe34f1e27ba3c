// What a site does about visitors who have not chosen: its mode, and places with another.
import { countryName } from '../../core/dimensions.ts';
import { printable } from '../../core/format.ts';

/** In the order of what they do, the least first. */
export const MODES = ['strict', 'cookieless', 'cnil', 'analytics', 'full'] as const;
export type Mode = (typeof MODES)[number];

interface Words {
  label: string;
  /** In a list of choices. */
  short: string;
  /** What is done without a choice. */
  does: string;
  /** What the owner should know before choosing it. */
  hint?: string;
}

const BEFORE_CONSENT = 'Where the law asks for consent first, as in the EU, this does not wait for it.';

export const MODE: Record<Mode, Words> = {
  strict: {
    label: 'Strict',
    short: 'nothing is collected',
    does: 'Nothing is sent or stored until the visitor grants analytics.',
  },
  cookieless: {
    label: 'Cookieless',
    short: 'counted without a cookie',
    does: 'Visits are counted by a hash that nobody can compute again after two days; nothing is stored on the device. Nobody is recognised on another day.',
    hint: 'A risk choice for your counsel, not a promise of the law.',
  },
  cnil: {
    label: 'CNIL',
    short: 'audience measurement only',
    does: 'Audience measurement with a cookie that ends after 13 months at the latest and is not renewed. Marketing and personalization are never granted, whatever anybody says; who denies analytics is not counted at all.',
  },
  analytics: {
    label: 'Analytics',
    short: 'a cookie for measuring',
    does: 'A cookie recognises visitors for measuring. Who denies it is counted without one. Marketing and personalization wait for a yes.',
    hint: BEFORE_CONSENT,
  },
  full: {
    label: 'Full',
    short: 'everything is granted',
    does: 'Analytics, marketing and personalization all count as granted until the visitor denies them. Global Privacy Control denies marketing and personalization.',
    hint: BEFORE_CONSENT,
  },
};

export interface RegionRule {
  /** `DE`, `US-CA`, `EU`, `EEA` or `UK`. */
  region: string;
  mode: string;
}

export interface ConsentRules {
  mode: string;
  regions: RegionRule[];
}

type Json = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `consent` of a site, checked once; null where the server says nothing of it. */
export function decodeRules(json: unknown): ConsentRules | null {
  if (typeof json !== 'object' || json === null) return null;
  const given = json as Json;
  const regions = Array.isArray(given['regions']) ? (given['regions'] as unknown[]) : [];
  return {
    mode: text(given['mode']),
    regions: regions.map((rule) => {
      const { region, mode } = (rule ?? {}) as Json;
      return { region: text(region), mode: text(mode) };
    }),
  };
}

/** The words of a mode; one that is not known is called as it is. */
export function modeWords(mode: string): Words {
  const known = MODES.find((each) => each === mode);
  return known ? MODE[known] : { label: printable(mode), short: '', does: '' };
}

const UNIONS: Partial<Record<string, string>> = {
  EU: 'European Union',
  EEA: 'European Economic Area',
  UK: 'United Kingdom',
};

/** `Germany`, `United States, CA`, `European Union`; what is no place's code stays. */
export function placeName(code: string): string {
  const [country = '', part] = code.split('-');
  const name = UNIONS[country] ?? countryName(country);
  return printable(part && name !== country ? `${name}, ${part}` : name === country ? code : name);
}
