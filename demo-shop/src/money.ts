/** All amounts are whole cents, so that sums are exact. */
export type Cents = number;

export const CURRENCY = 'EUR';
const VAT_PERCENT = 19;
const FORMAT = new Intl.NumberFormat('en-IE', { style: 'currency', currency: CURRENCY });

/** `€59.90` */
export function price(cents: Cents): string {
  return FORMAT.format(cents / 100);
}

/** The part of a shelf price that is not tax. */
export function net(gross: Cents): Cents {
  return Math.round((gross * 100) / (100 + VAT_PERCENT));
}

/** As GA4 wants it: a number of units, with the cents as decimals. */
export function units(cents: Cents): number {
  return cents / 100;
}
