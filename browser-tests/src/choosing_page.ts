/** The tracked page of a test, as one on which visitors choose: what it asks for, and what a door says to choices. */
import { trackedPage } from './collector.ts';
import type { Answer } from './collector.ts';
import { collector, page } from './tracked_page.ts';

export interface Axes {
  analytics: boolean;
  marketing: boolean;
  personalization: boolean;
}

/** What is posted to `consent`, and of consent with events. */
export interface Said {
  site: string;
  sent_at?: number;
  consent: Record<string, unknown> & { at?: number };
  ids?: { seed: string };
}

export const NOTHING: Axes = { analytics: false, marketing: false, personalization: false };
export const MEASURED: Axes = { ...NOTHING, analytics: true };

/** The door's answer to a choice, and to everything else; `known` when the browser is to be taken for known. */
export function door(axes: Axes | (() => Axes), known = false): (request: { url: string }) => Answer {
  return ({ url }) => {
    const headers = known ? { 'X-UT-Id': 'set' } : {};
    if (!url.endsWith('/consent')) return { status: 202, headers };
    return {
      status: 200,
      headers,
      body: JSON.stringify({ consent: typeof axes === 'function' ? axes() : axes }),
    };
  };
}

/** Serves pages below a path whose script has more attributes, in place of the collector's own. */
export async function servePages(under: string, attributes: string, before = ''): Promise<void> {
  await page.route(`**${under}**`, (route) => {
    const title = `Page ${new URL(route.request().url()).pathname}`;
    const html = trackedPage(title, {}).replace('<script ', `${before}<script ${attributes} `);
    return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html });
  });
}

/** What was posted to a path, oldest first. */
export const posted = (path: string): Said[] =>
  collector.requests.filter(({ url }) => url === path).map(({ body }) => body as unknown as Said);
/** Choices that were posted. */
export const choices = (): Said[] => posted('/ut/consent');

/** Paths of everything the page asks for from now on. */
export function listening(): string[] {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  return asked;
}
