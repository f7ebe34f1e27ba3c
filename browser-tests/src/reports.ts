/** What the server says about a site, read as a program reads it: by a token. */
import type { Server } from './server.ts';
import { waitFor } from './wait.ts';

export interface Report {
  rows: { dimensions: Record<string, string>; metrics: Record<string, number> }[];
  totals: Record<string, number>;
}

/** Every event acknowledged since the log began, by what became of it. */
export interface Balance {
  received: number;
  stored: number;
  deduplicated: number;
  dropped: number;
}

export interface Reports {
  token: string;
  overview(): Promise<Report>;
  /** Views and visitors by path, all of them. */
  pages(): Promise<Record<string, { page_views: number; visitors: number }>>;
  /** How often what happened. */
  events(): Promise<Record<string, number>>;
  /** Time and scroll by path. */
  engagement(): Promise<Record<string, { engaged_time_s: number; scroll_pct: number }>>;
  /** Any metrics by path. */
  byPage(metrics: string[]): Promise<Record<string, Record<string, number>>>;
  /** Waits until every acknowledged event has found its place, and says where. */
  settled(): Promise<Balance>;
}

/** Of the site with this number or domain. */
export async function reportsOf(server: Server, site: string): Promise<Reports> {
  const { token } = await server.command<{ token: string }>('token', 'add', '--site', site);
  const ask = async (name: string, more = ''): Promise<Report> => {
    const query = `site=${encodeURIComponent(site)}&date_range=7d${more}`;
    const response = await fetch(`${server.url}/api/v1/report/${name}?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Report;
  };
  const query = async (metrics: string[], dimension: string): Promise<Report> => {
    const queries = [{ metrics, dimensions: [dimension], date_range: '7d' }];
    const response = await fetch(`${server.url}/api/v1/q`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ site, queries }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${metrics.join()}: ${response.status} ${text}`);
    const [result] = (JSON.parse(text) as { results: Report[] }).results;
    if (!result) throw new Error(`no result: ${text}`);
    return result;
  };
  return {
    token,
    overview: () => ask('overview'),
    async pages() {
      const { rows } = await ask('pages', '&limit=1000');
      return Object.fromEntries(
        rows.map(({ dimensions, metrics }) => [
          dimensions['page'] ?? '',
          { page_views: metrics['page_views'] ?? 0, visitors: metrics['visitors'] ?? 0 },
        ]),
      );
    },
    async events() {
      const { rows } = await query(['events'], 'event');
      return Object.fromEntries(
        rows.map(({ dimensions, metrics }) => [dimensions['event'] ?? '', metrics['events'] ?? 0]),
      );
    },
    async engagement() {
      const { rows } = await query(['engaged_time_s', 'scroll_pct'], 'page');
      return Object.fromEntries(
        rows.map(({ dimensions, metrics }) => [
          dimensions['page'] ?? '',
          { engaged_time_s: metrics['engaged_time_s'] ?? 0, scroll_pct: metrics['scroll_pct'] ?? 0 },
        ]),
      );
    },
    async byPage(metrics) {
      const { rows } = await query(metrics, 'page');
      return Object.fromEntries(rows.map((row) => [row.dimensions['page'] ?? '', row.metrics]));
    },
    settled: () => settled(server, () => ask('overview')),
  };
}

/** The sum of a metric's lines, whatever their labels. */
function sumOf(text: string, name: string): number {
  const lines = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function settled(server: Server, ask: () => Promise<Report>): Promise<Balance> {
  const metrics = await waitFor(
    'nothing is in flight, and history answers',
    async () => {
      const text = await (await fetch(server.metrics)).text();
      // While the engine opens, history refuses every question.
      const answered = await ask().then(
        () => true,
        () => false,
      );
      return answered && sumOf(text, 'ut_in_flight') === 0 ? text : null;
    },
    60_000,
  );
  const balance = {
    received: sumOf(metrics, 'ut_received_total'),
    stored: sumOf(metrics, 'ut_stored_total'),
    deduplicated: sumOf(metrics, 'ut_deduplicated_total'),
    dropped: sumOf(metrics, 'ut_dropped_total'),
  };
  if (balance.received !== balance.stored + balance.deduplicated + balance.dropped) {
    throw new Error(`the balance does not close: ${JSON.stringify(balance)}`);
  }
  return balance;
}
