// Where the visitors of this moment are: what the stream says, in words and in shades.

export interface CountryNow {
  /** ISO 3166-1 alpha-2, or whatever the stream says. */
  code: string;
  visitors: number;
}

/** `countries` of a picture; what is oddly typed in it is left out. */
export function decodeCountries(json: unknown): CountryNow[] {
  const given = typeof json === 'object' && json !== null && 'countries' in json ? json.countries : [];
  if (!Array.isArray(given)) return [];
  return (given as unknown[]).flatMap((entry) => {
    const { country, visitors } = (entry ?? {}) as Record<string, unknown>;
    return typeof country === 'string' && typeof visitors === 'number' && visitors > 0
      ? [{ code: country, visitors }]
      : [];
  });
}

export const SHADES = 5;

/** How dark a country is drawn, 1 to 5. By the root: one big country must not make all others look empty. */
export function shadeOf(visitors: number, most: number): number {
  return Math.min(SHADES, Math.max(1, Math.ceil(Math.sqrt(visitors / Math.max(1, most)) * SHADES)));
}
