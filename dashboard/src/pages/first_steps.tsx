// What a new site shows instead of an empty chart. It goes away by itself with the first event.
import type { Site } from '../core/api.ts';
import { CopyButton } from '../core/ui/parts.tsx';

export function snippetOf(key: string): string {
  return `<script defer src="/ut/ut.js" data-site="${key.replaceAll('"', '&quot;')}"></script>`;
}

export function FirstSteps({ site, demo }: { site: Site; demo: boolean }) {
  const snippet = snippetOf(site.key);
  return (
    <section class="card steps" aria-labelledby="steps-title">
      <h1 class="steps-title" id="steps-title">
        Connect {site.domain}
      </h1>
      <p class="steps-lead">Three steps, then your first visitor shows up here. This page needs no reload.</p>
      <ol class="steps-list">
        <li>
          <h2>Paste the snippet into every page</h2>
          <p>Best inside the page’s head. It is deferred, so it never holds up your shop.</p>
          <div class="snippet">
            <code tabIndex={0}>{snippet}</code>
            <CopyButton text={snippet} />
          </div>
        </li>
        <li>
          <h2>
            Let your shop forward <code>/ut/</code> to this server
          </h2>
          <p>Visitors then talk to your own domain only: no third party, no extra host.</p>
        </li>
        <li>
          <h2>Open your shop in another tab</h2>
          {demo ? (
            <p>
              Or{' '}
              <a href="/demo/" target="_blank" rel="noopener">
                open the demo shop
              </a>{' '}
              and click around.
            </p>
          ) : (
            <p>One page view is enough.</p>
          )}
        </li>
      </ol>
      <p class="steps-wait" role="status">
        <span class="dot dot-wait" aria-hidden="true" />
        Waiting for the first event
      </p>
    </section>
  );
}
