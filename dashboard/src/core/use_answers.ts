// What a screen asks, by one request, and the answers, which stay on screen while the next ones are on the way.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import * as api from './api.ts';
import type { Report } from './api.ts';
import { asProblem, Problem } from './problem.ts';
import type { Query } from './query.ts';
import type { Refresher } from './refresh.ts';

export interface Loaded {
  report: Report;
  /** What was asked: the report may still answer the question before. */
  query: Query;
  /** Unix milliseconds of the answer. */
  at: number;
}

export interface Reading {
  loaded: Loaded | null;
  problem: Problem | null;
  /** The shown report does not answer the present question yet. */
  pending: boolean;
  retry: () => void;
}

interface Entry {
  /** The question that was last answered or failed. */
  key: string;
  loaded: Loaded | null;
  problem: Problem | null;
}

type Entries = Partial<Record<string, Entry>>;
type Queries = Readonly<Record<string, Query>>;
type Outcome = Report | Problem;

/**
 * Asks all of them at once. What the server refuses for a single question's own sake leaves the others answered: they
 * are asked again without it.
 */
async function together(site: number, queries: Queries, signal: AbortSignal): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  let names = Object.keys(queries);
  while (names.length > 0) {
    try {
      const reports = await api.answers(
        site,
        names.flatMap((name) => queries[name] ?? []),
        signal,
      );
      reports.forEach((report, at) => outcomes.set(names[at] ?? '', report));
      return outcomes;
    } catch (error) {
      const problem = asProblem(error);
      const own = problem.fields.flatMap(({ field, index }) =>
        field.startsWith('filters') ? [] : (index ?? []),
      );
      if (own.length === 0 || signal.aborted) {
        for (const name of names) outcomes.set(name, problem);
        return outcomes;
      }
      for (const at of own) outcomes.set(names[at] ?? '', problem);
      names = names.filter((_, at) => !own.includes(at));
    }
  }
  return outcomes;
}

const keyOf = (site: number | null, query: Query | undefined) => `${site ?? ''} ${JSON.stringify(query)}`;

/**
 * Asks what is not answered yet, now and whenever `queries` change, and everything at every refresh. Answers of another
 * site are dropped at once; others stay, marked as pending, until theirs are there.
 */
export function useAnswers(
  site: number | null,
  queries: Queries,
  refresher: Refresher,
  onSignedOut: () => void,
): (name: string) => Reading {
  const [state, setState] = useState<{ site: number | null; entries: Entries }>({ site: null, entries: {} });
  const latest = useRef({ queries, entries: state.entries, onSignedOut });
  latest.current = { queries, entries: state.site === site ? state.entries : {}, onSignedOut };
  const again = useRef(() => {});
  const key = `${site ?? ''} ${JSON.stringify(queries)}`;

  useEffect(() => {
    if (site === null) return undefined;
    const abort = new AbortController();
    let busy = false;
    const run = async (wanted: Queries) => {
      // A slow answer must not be overtaken by the next question for the same thing.
      if (busy || Object.keys(wanted).length === 0) return;
      busy = true;
      const outcomes = await together(site, wanted, abort.signal);
      busy = false;
      if (abort.signal.aborted) return;
      const at = Date.now();
      for (const outcome of outcomes.values()) {
        if (outcome instanceof Problem && outcome.status === 401) latest.current.onSignedOut();
      }
      setState((before) => {
        const entries = before.site === site ? { ...before.entries } : {};
        for (const [name, outcome] of outcomes) {
          const query = wanted[name];
          if (!query) continue;
          const asked = keyOf(site, query);
          const known = entries[name];
          entries[name] =
            outcome instanceof Problem
              ? { key: asked, loaded: known?.key === asked ? known.loaded : null, problem: outcome }
              : { key: asked, loaded: { report: outcome, query, at }, problem: null };
        }
        return { site, entries };
      });
    };
    const unanswered = () => {
      const { queries: wanted, entries } = latest.current;
      const open = Object.entries(wanted).filter(([name, query]) => {
        const entry = entries[name];
        return entry?.key !== keyOf(site, query) || entry.problem !== null;
      });
      return Object.fromEntries(open);
    };
    again.current = () => void run(latest.current.queries);
    void run(unanswered());
    const end = refresher.subscribe(() => void run(latest.current.queries));
    return () => {
      abort.abort();
      end();
    };
  }, [site, key, refresher]);

  const retry = useCallback(() => {
    setState(({ site: of, entries }) => ({
      site: of,
      entries: Object.fromEntries(
        Object.entries(entries).map(([name, entry]) => [name, entry && { ...entry, problem: null }]),
      ),
    }));
    again.current();
  }, []);
  return (name) => {
    const entry = state.site === site ? state.entries[name] : undefined;
    const current = entry?.key === keyOf(site, queries[name]);
    return {
      loaded: entry?.loaded ?? null,
      problem: current ? entry.problem : null,
      pending: !current,
      retry,
    };
  };
}
