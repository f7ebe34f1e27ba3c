// A ranking as a file: up to a thousand lines, with everything there is to say of each.
import * as api from './api.ts';
import { csvName, csvText, download } from './csv.ts';
import { wordsOf } from './dimensions.ts';
import type { Scope } from './query.ts';
import { csvRows, longQuery, type Ranking } from './ranking.ts';

/** Asks for it and hands it to the browser; fails with a `Problem`. */
export async function saveRanking(site: api.Site, scope: Scope, ranking: Ranking): Promise<void> {
  const query = longQuery(scope, ranking, { by: ranking.metrics[0], direction: 'desc' });
  const [report] = await api.answers(site.id, [query]);
  if (!report) return;
  const { from, to } = report.meta;
  const name = csvName(site.domain, wordsOf(ranking.dimension).plural, from ?? '', to ?? '');
  download(name, csvText(csvRows(ranking, report)));
}
