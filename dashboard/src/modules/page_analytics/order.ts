// The order of the list is the report's: most views first, then most visitors, then by name, so that a refresh never
// shuffles ties. Another order would need another question: the report holds the top of this one only.
import type { Row } from '../../core/api.ts';

export interface PageLine {
  page: string;
  visitors: number;
  views: number;
}

export function pageLines(rows: Row[]): PageLine[] {
  return rows
    .map(({ dimensions, metrics }) => ({
      page: dimensions['page'] ?? '',
      visitors: metrics['visitors'] ?? 0,
      views: metrics['page_views'] ?? 0,
    }))
    .sort((a, b) => b.views - a.views || b.visitors - a.visitors || (a.page < b.page ? -1 : 1));
}

/** A bar's length as a share of the longest, 0 to 1. */
export function barShare(line: PageLine, lines: PageLine[]): number {
  const most = Math.max(...lines.map(({ views }) => views), 0);
  return most > 0 ? line.views / most : 0;
}
