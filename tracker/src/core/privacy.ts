/** What the browser itself says about consent. Axes that are not named stay as the site's rules have them. */
export interface Consent {
  marketing?: false;
  personalization?: false;
  source?: 'gpc';
}

/** Has this visitor opted out? Read at every use, so that it holds at once, also in tabs that are already open. */
export function optedOut(): boolean {
  try {
    return 'ut_optout' in localStorage;
  } catch {
    // Storage is blocked: the visitor cannot have left a flag in it.
    return false;
  }
}

/** Global Privacy Control (https://w3c.github.io/gpc/) denies marketing and personalization, never analytics. */
export function consent(): Consent {
  const { globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return globalPrivacyControl ? { marketing: false, personalization: false, source: 'gpc' } : {};
}
