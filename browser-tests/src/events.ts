/** Events as a shop's page would send them, for tests that need no shop. */
import { randomUUID } from 'node:crypto';
import { PERSON } from './browser.ts';
import type { Server } from './server.ts';

/** A site as `site add --json` prints it. */
export interface Site {
  id: number;
  domain: string;
  key: string;
  /** Signs calls of the shop's own server. */
  secret: string;
}

/** Sends one page view of `https://<domain><path>`; fails unless it is acknowledged. */
export async function sendPageView(server: Server, site: Site, path: string, title: string): Promise<void> {
  const now = Date.now();
  const origin = `https://${site.domain}`;
  const event = {
    id: randomUUID(),
    name: 'page_view',
    ts: now,
    page_view: randomUUID(),
    url: origin + path,
    title,
  };
  const response = await fetch(`${server.url}/ut/e`, {
    method: 'POST',
    headers: { origin, 'content-type': 'text/plain', 'user-agent': PERSON },
    body: JSON.stringify({ site: site.key, sent_at: now, consent: {}, events: [event] }),
  });
  const answer = (await response.json()) as { accepted?: number };
  if (answer.accepted !== 1)
    throw new Error(`not acknowledged: ${response.status} ${JSON.stringify(answer)}`);
}
