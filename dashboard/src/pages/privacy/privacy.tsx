// What is done about visitors who have not chosen, what is kept of whom, and what visitors chose.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { get, type Site } from '../../core/api.ts';
import { asProblem, Problem } from '../../core/problem.ts';
import { Bone, Failure } from '../../core/ui/parts.tsx';
import { useList } from '../../core/use_list.ts';
import { Glance } from '../../modules/consent/glance.tsx';
import { Receipts } from '../../modules/consent/receipt_list.tsx';
import { decodeRules, type ConsentRules } from '../../modules/consent/rules.ts';
import { Stored } from '../../modules/consent/stored.tsx';
import { PageLink } from '../nav.tsx';
import type { PageProps } from '../places.tsx';
import { kept, limitWords } from './kept.ts';
import { Retention } from './retention.tsx';
import { erasures } from './subjects.ts';
import { Subjects } from './subjects.tsx';

/** The site's modes: `undefined` while they are not known, null where the server says nothing of them. */
function useRules(site: number, onSignedOut: () => void) {
  const [rules, setRules] = useState<ConsentRules | null | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = useCallback(() => {
    get(`/api/v1/sites/${site}`).then(
      (found) => {
        setRules(decodeRules((found as { consent?: unknown } | null)?.consent));
        setProblem(null);
      },
      (error: unknown) => {
        const found = asProblem(error);
        if (found.status === 401) onSignedOut();
        // Other cards of the page may fail beside it, each by itself.
        setProblem(new Problem(found.status, 'The site’s modes are not known', found.detail));
      },
    );
  }, [site, onSignedOut]);
  useEffect(load, [load]);
  return { rules, problem, load };
}

/** So often it is looked whether an erasure is done. */
const LOOK_AGAIN_MS = 10_000;

const Loading = () => (
  <div class="card place-later">
    <Bone kind="block" />
  </div>
);

function OneSite({ site, onSignedOut }: { site: Site; onSignedOut: () => void }) {
  const { rules, problem, load } = useRules(site.id, onSignedOut);
  const retained = useList(
    useCallback(() => kept(site.id), [site.id]),
    onSignedOut,
  );
  const limits = new Map((retained.items ?? []).map(({ name, limit }) => [name, limitWords(limit)]));
  const erased = useList(
    useCallback(() => erasures(site.id), [site.id]),
    onSignedOut,
  );
  // An erasure takes minutes: its end shows without asking for it.
  const { items: asked, reload } = erased;
  useEffect(() => {
    if (!asked?.some(({ status }) => status === 'waiting')) return undefined;
    const timer = setTimeout(reload, LOOK_AGAIN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [asked, reload]);
  const unknown = [retained, erased].some((list) => !list.items && !list.problem);
  // Of unknown height, and above the receipts: nothing is to move once it is there.
  if (unknown || (rules === undefined && !problem)) return <Loading />;
  return (
    <>
      {problem && (
        <div class="card">
          <Failure problem={problem} retry={load} />
        </div>
      )}
      {!problem && rules && (
        <Glance rules={rules}>
          <PageLink to="/settings" path="/privacy" class="link">
            Change it in the settings
          </PageLink>
        </Glance>
      )}
      <Retention loaded={retained} zone={site.timezone} />
      <Stored limitOf={(name) => limits.get(name)} />
      <Subjects site={site} erased={erased} onSignedOut={onSignedOut} />
      <Receipts site={site} onSignedOut={onSignedOut} />
    </>
  );
}

export function PrivacyPage({ site, onSignedOut }: PageProps) {
  return (
    <main class="page tall">
      <div class="toolbar">
        <div class="toolbar-words">
          <h1 class="toolbar-title">Privacy</h1>
          <p class="toolbar-dates">What is kept of whom, and what visitors chose</p>
        </div>
      </div>
      {/* Another site's receipts are another list. */}
      {site ? <OneSite key={site.id} site={site} onSignedOut={onSignedOut} /> : <Loading />}
    </main>
  );
}
