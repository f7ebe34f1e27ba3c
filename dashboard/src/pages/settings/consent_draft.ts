// What was typed of a site's modes, against what is saved.
import type { ConsentRules, RegionRule } from '../../modules/consent/rules.ts';
import type { FieldError } from '../../core/problem.ts';

/** As the server writes places. */
const tidy = ({ region, mode }: RegionRule): RegionRule => ({ region: region.trim().toUpperCase(), mode });

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The `consent` of a `PATCH`; null when nothing differs. What is not named in it stays. */
export function consentChanges(
  saved: ConsentRules | null,
  draft: ConsentRules | null,
): Partial<ConsentRules> | null {
  if (!saved || !draft) return null;
  const regions = draft.regions.map(tidy);
  const changes = {
    ...(draft.mode !== saved.mode && { mode: draft.mode }),
    ...(!same(regions, saved.regions) && { regions }),
  };
  return Object.keys(changes).length > 0 ? changes : null;
}

/** Rows without a place. */
export function unnamedPlaces(draft: ConsentRules | null): FieldError[] {
  return (draft?.regions ?? []).flatMap(({ region }, at) =>
    region.trim() === ''
      ? [{ field: `consent.regions[${at}]`, message: 'Name a place: DE, US-CA, EU, EEA or UK.' }]
      : [],
  );
}
