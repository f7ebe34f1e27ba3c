// A ranking as a file: every line of it, or those that somebody looks for, with everything there is to say of each.
import * as api from './api.ts';
import { csvName, csvText, download } from './csv.ts';
import { wordsOf } from './dimensions.ts';
import type { Query, Scope } from './query.ts';
import { csvRows, FILE_LINES, pieceQuery, type Order, type Ranking } from './ranking.ts';

interface Wanted {
  /** By default as its card has it. */
  order?: Order;
  search?: string;
}

type Ask = (query: Query) => Promise<api.Report | undefined>;

/** All lines. One that moves on between two answers, because somebody came meanwhile, stands in both: it counts once. */
export async function wholeRanking(
  ask: Ask,
  scope: Scope,
  ranking: Ranking,
  order: Order,
): Promise<api.Report | null> {
  const rows = new Map<string, api.Report['rows'][number]>();
  for (let offset = 0; ; offset += FILE_LINES) {
    const report = await ask(pieceQuery(scope, ranking, order, offset));
    if (!report) return null;
    for (const row of report.rows) {
      const value = row.dimensions[ranking.dimension] ?? '';
      if (!rows.has(value)) rows.set(value, row);
    }
    if (report.rows.length < FILE_LINES) return { ...report, rows: [...rows.values()] };
  }
}

/** Asks for it and hands it to the browser; fails with a `Problem`. */
export async function saveRanking(
  site: api.Site,
  scope: Scope,
  ranking: Ranking,
  { order = { by: ranking.metrics[0], direction: 'desc' }, search = '' }: Wanted = {},
): Promise<void> {
  const ask: Ask = (query) => api.answers(site.id, [query]).then(([report]) => report);
  const report = await wholeRanking(ask, scope, ranking, order);
  if (!report) return;
  const { from, to } = report.meta;
  const name = csvName(site.domain, wordsOf(ranking.dimension).plural, from ?? '', to ?? '');
  download(name, csvText(csvRows(ranking, report, search)));
}
