// ut-choice.js: what a page needs once somebody chooses, opts out or is at the till. Fetched for the first of these.
import type { Axes } from '../../../npm/src/ut.ts';
import { post } from '../../core/pace.ts';
import type { Consent, Request, Site } from '../../core/site.ts';
import { createLetters } from './letters.ts';
import type { Letter } from './letters.ts';
import { createSeed } from './seed.ts';
import { listen } from './signals/index.ts';
import type { Signal } from './signals/signal.ts';

const site = (window.ut || {}).shared as Site;
/** Without consent nothing is sent; what else it says has no meaning. */
const strict = site.closed;
const letters = createLetters();
const seed = createSeed(site);

/** Has this visitor opted out? */
function optedOut(): boolean {
  try {
    return 'ut_optout' in localStorage;
  } catch {
    return false;
  }
}

/** What requests say of the visitor's will from now on. */
function say({ analytics, marketing, personalization, source, at }: Consent): void {
  const gpc = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
  const axes = gpc
    ? { analytics, marketing: false, personalization: false }
    : { analytics, marketing, personalization };
  site.said = {
    consent: { ...axes, source, at } as Consent,
    get ids() {
      return seed.ids();
    },
  };
}

function close(): void {
  site.closed = strict;
}

/** From now on it counts, beginning with the page that is shown. */
function open(): void {
  if (!site.closed) return;
  site.closed = undefined;
  const go = site.turn || site.begin;
  if (go) go();
}

/** Sends a signal; gives what holds now, by the server's rules. */
function tell(signal: Signal): Promise<Axes | null> {
  return new Promise((done) => {
    if (optedOut()) {
      done({ analytics: false, marketing: false, personalization: false });
      return;
    }
    if (signal.analytics === false) {
      seed.forget();
      close();
    } else {
      seed.sow();
    }
    if (signal.source === 'api') say(signal);
    const letter: Letter = {
      url: `${site.base}consent`,
      body: () => JSON.stringify({ site: site.site, sent_at: Date.now(), consent: signal, ids: seed.ids() }),
      async done(answer) {
        const { consent: axes = null } = (
          answer && answer.ok ? await answer.json().catch(() => ({})) : {}
        ) as { consent?: Axes };
        if (axes && !axes.analytics) {
          seed.forget();
          close();
        }
        // What was said meanwhile decides.
        if (axes && letters.isLast(letter)) {
          if (signal.source !== 'api') say({ ...signal, ...axes });
          if (axes.analytics) {
            // What was said without consent is of no account.
            if (!site.tracker) site.line = [] as unknown as Site['line'];
            open();
          }
        }
        done(axes);
      },
    };
    letters.send(letter);
  });
}

/** What the shop's server shows to speak for this visitor. */
async function joinToken(): Promise<string | null> {
  if (optedOut()) return null;
  try {
    const answer = await post(`${site.base}j`, JSON.stringify({ site: site.site }));
    // What is said of an error has none.
    return ((await answer.json()) as { token?: string }).token || null;
  } catch {
    return null;
  }
}

/** Tells the server of it, which keeps it where no script forgets it. What was still to be said no longer matters. */
function optOut(out: boolean): void {
  letters.drop();
  letters.send({
    url: `${site.base}opt-out`,
    body: () => JSON.stringify({ site: site.site, opted_out: out }),
    done: () => undefined,
  });
}

function optIn(): void {
  optOut(false);
  delete localStorage['ut_optout'];
}

/** Does what was asked of the core; what is no method is the list of tools to listen to. */
function answer([done, at, what, choice]: Request): void {
  const give = done as (answer: unknown) => void;
  if (what === 'consent') void tell({ ...choice, source: 'api', at }).then(give);
  else if (what === 'joinToken') void joinToken().then(give);
  else if (what === 'optOut') optOut(true);
  else if (what === 'optIn') optIn();
  else if (what) listen(what, (signal) => void tell(signal));
}

function begin(): void {
  // The choice of an earlier page. The shop's own cookie, readable for just this, says nothing else of the visitor.
  if (/(^|; )_ut_c=v1\.A[^.o]*\./.test(document.cookie)) open();
  const waiting = site.requests as Request[];
  site.requests = { push: (request) => (answer(request), 2) };
  waiting.forEach(answer);
}

// A page that is only prepared has no visitor yet.
if ((document as { prerendering?: boolean }).prerendering)
  addEventListener('prerenderingchange', begin, true);
else begin();
