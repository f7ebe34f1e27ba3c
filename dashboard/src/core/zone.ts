// Wall-clock time in a site's zone. Dates are strings (`2026-11-22`, `2026-11-22T14:00`), which sort as text and
// never shift: the browser's own zone must not leak into a shop's day.

const HOUR_MS = 3_600_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone);
  if (!known) {
    known = new Intl.DateTimeFormat('en-CA-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formatters.set(zone, known);
  }
  return known;
}

/** The zone if this browser knows it, else UTC. */
export function knownZone(zone: string): string {
  try {
    formatter(zone);
    return zone;
  } catch {
    return 'UTC';
  }
}

/** Local date and minute of an instant: `2026-11-22T14:05`. */
export function wallClock(at: number, zone: string): string {
  const part = new Map(
    formatter(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? '';
  return `${get('year')}-${get('month')}-${get('day')}T${get('hour')}:${get('minute')}`;
}

/** `date` moved by whole days. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * HOUR_MS).toISOString().slice(0, 10);
}

/** The first day of the month `months` away from `date`'s. */
export function addMonths(date: string, months: number): string {
  const [year, month] = date.split('-').map(Number);
  return new Date(Date.UTC(year ?? 1970, (month ?? 1) - 1 + months, 1)).toISOString().slice(0, 10);
}

/** The Monday of `date`'s week. */
export function monday(date: string): string {
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(date, -weekday);
}

/** The hours a local day has, in order, each once: 23 labels when clocks go forward, 24 otherwise. */
export function hoursOf(date: string, zone: string): string[] {
  const labels = new Set<string>();
  // Offsets reach from -12 h to +14 h; half an hour is the finest step any zone's clock change makes.
  const noon = Date.parse(`${date}T12:00:00Z`);
  for (let at = noon - 27 * HOUR_MS; at <= noon + 27 * HOUR_MS; at += HOUR_MS / 2) {
    const local = wallClock(at, zone);
    if (local.startsWith(date)) labels.add(`${local.slice(0, 13)}:00`);
  }
  return [...labels].sort();
}
