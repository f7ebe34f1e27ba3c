// The cards: pages, where visits come from, where people are, with what they came.
import type { Ranking } from '../core/ranking.ts';
import { rankingQuery } from '../core/ranking.ts';
import type { Query, Scope } from '../core/query.ts';
import { RankingCard, type OnFilter } from '../core/ui/ranking.tsx';
import type { Reading } from '../core/use_answers.ts';
import { PAGE_RANKINGS } from '../modules/page_analytics/rankings.ts';

const of = (dimension: string, named = false): Ranking => ({
  dimension,
  metrics: ['visitors', 'sessions'],
  more: ['views_per_session', 'bounce_rate', 'engaged_time_s'],
  named,
});

export interface Card {
  id: string;
  title: string;
  rankings: readonly [Ranking, ...Ranking[]];
}

const CARDS: readonly Card[] = [
  { id: 'pages', title: 'Pages', rankings: PAGE_RANKINGS },
  { id: 'sources', title: 'Sources', rankings: [of('source'), of('channel'), of('campaign', true)] },
  { id: 'places', title: 'Places', rankings: [of('country'), of('city'), of('language')] },
  { id: 'devices', title: 'Devices', rankings: [of('device_type'), of('browser'), of('os')] },
];

/** Which ranking a card shows. */
function chosenOf({ rankings }: Card, cards: readonly string[]): Ranking {
  return rankings.find(({ dimension }) => cards.includes(dimension)) ?? rankings[0];
}

/** The choice with another ranking of a card; the first of each card goes without saying. */
function chosenWith({ rankings }: Card, cards: readonly string[], dimension: string): string[] {
  const others = cards.filter((word) => rankings.every((ranking) => ranking.dimension !== word));
  return dimension === rankings[0].dimension ? others : [...others, dimension];
}

/** What the cards ask, by their ids. */
export function cardQueries(scope: Scope, cards: readonly string[]): Record<string, Query> {
  return Object.fromEntries(CARDS.map((card) => [card.id, rankingQuery(scope, chosenOf(card, cards))]));
}

interface Props {
  cards: readonly string[];
  onCards: (cards: string[]) => void;
  read: (id: string) => Reading;
  zone: string;
  onFilter: OnFilter;
  onMore: (ranking: Ranking) => void;
  onFile: (ranking: Ranking) => void;
}

export function Rankings({ cards, onCards, read, zone, onFilter, onMore, onFile }: Props) {
  return (
    <div class="rankings">
      {CARDS.map((card) => {
        const chosen = chosenOf(card, cards);
        return (
          <RankingCard
            key={card.id}
            title={card.title}
            rankings={card.rankings}
            chosen={chosen}
            onChoose={(dimension) => {
              onCards(chosenWith(card, cards, dimension));
            }}
            reading={read(card.id)}
            zone={zone}
            onFilter={onFilter}
            onMore={() => {
              onMore(chosen);
            }}
            onFile={() => {
              onFile(chosen);
            }}
          />
        );
      })}
    </div>
  );
}
