// The pages seen, and those on which visits begin and end.
import type { Ranking } from '../../core/ranking.ts';

export const PAGE_RANKINGS: readonly [Ranking, ...Ranking[]] = [
  { dimension: 'page', metrics: ['page_views', 'visitors'], more: ['engaged_time_s'], named: true },
  {
    dimension: 'entry_page',
    metrics: ['visitors', 'sessions'],
    more: ['views_per_session', 'bounce_rate', 'engaged_time_s'],
  },
  {
    dimension: 'exit_page',
    metrics: ['visitors', 'sessions'],
    more: ['views_per_session', 'bounce_rate', 'engaged_time_s'],
  },
];
