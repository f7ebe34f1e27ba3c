/**
 * A small real HTTP server on loopback in place of the product's: it serves the built tracker, pages that load it and,
 * when it is built, the demo shop; it records what the tracker sends and answers as a test says.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
export const SITE_KEY = 'pk_browser_tests';
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** An event as the contract has it. */
export interface SentEvent {
  id: string;
  name: string;
  ts: number;
  page_view: string;
  seq: number;
  url: string;
  referrer: string;
  title: string;
  value?: unknown;
  currency?: string;
  items?: Record<string, unknown>[];
  props?: Record<string, string>;
  engagement_ms?: number;
  scroll_pct?: number;
  metric?: string;
  rating?: string;
  delta?: number;
  metric_id?: string;
  navigation_type?: string;
  attribution?: Record<string, string>;
}

/** A body of `e` (with events) or of `p`. */
export interface Body {
  site: string;
  sent_at?: number;
  tz?: string;
  lang?: string;
  viewport?: [number, number];
  consent: Record<string, unknown>;
  webdriver?: boolean;
  touch_points?: number;
  events?: SentEvent[];
  page_view?: string;
  url?: string;
}

/** One recorded POST. */
export interface Recorded {
  /** Path with query. */
  url: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: Body;
  /** What it was answered; 0 when the connection was cut. */
  status: number;
}

/** What a test may answer to a POST: a status, 0 for a cut connection. */
export interface Answer {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}

export interface Collector {
  /** `http://127.0.0.1:port` */
  url: string;
  requests: Recorded[];
  /** Every event received, accepted or not; of one name when given. */
  events(name?: string): SentEvent[];
  /** Events of requests that were answered with 2xx. */
  accepted(name?: string): SentEvent[];
  /** Heartbeats received. */
  beats(): Recorded[];
  /** Decides every following answer; may take its time. */
  answerWith(decide: (request: { url: string; body: Body }) => Answer | Promise<Answer>): void;
  close(): Promise<void>;
}

/**
 * A page with the tracker in it. Most tests count events, among which those of Web Vitals, which come when they come,
 * would be in the way.
 */
export function trackedPage(
  title: string,
  { key = SITE_KEY, script = '/ut/ut.js', vitals = 'off', body = '<a id="next" href="/next">next</a>' },
): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<link rel="icon" href="data:,"><script defer src="${script}" data-site="${key}" data-vitals="${vitals}"></script></head>
<body><h1>${title}</h1>${body}</body></html>`;
}

/** The file a path stands for, or null: built files only, nothing outside the two folders. */
function builtFile(pathname: string): string | null {
  const tracker = /\/ut\/([\w.-]+)$/.exec(pathname);
  const asset = /^\/demo\/assets\/([\w./-]+)$/.exec(pathname);
  const file = tracker
    ? path.join(ROOT, 'tracker/dist', tracker[1] ?? '')
    : asset && path.join(ROOT, 'demo-shop/dist/assets', path.normalize(`/${asset[1] ?? ''}`));
  return file && existsSync(file) ? file : null;
}

function serve(pathname: string, response: ServerResponse, pages: Record<string, string>): void {
  const file = builtFile(pathname);
  if (file) {
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
    return;
  }
  if (pathname.startsWith('/demo/assets/') || pathname.endsWith('.js')) {
    response.writeHead(404).end();
    return;
  }
  const given = pages[pathname];
  if (given !== undefined) {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(given);
    return;
  }
  const prefix = /^\/prefix\//.test(pathname) ? '/prefix' : '';
  const page = pathname.startsWith('/demo/')
    ? readFileSync(path.join(ROOT, 'demo-shop/dist/index.html'), 'utf8').replaceAll('{{SITE_KEY}}', SITE_KEY)
    : trackedPage(`Page ${pathname}`, { script: `${prefix}/ut/ut.js` });
  // The shop must work under the strictest policy that still lets it load its own files.
  const policy = pathname.startsWith('/demo/') ? { 'content-security-policy': "default-src 'self'" } : {};
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...policy }).end(page);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Starts it on a free port; `pages` are served by their paths, any other path is some page. */
export async function startCollector(pages: Record<string, string> = {}): Promise<Collector> {
  const requests: Recorded[] = [];
  let decide: (request: { url: string; body: Body }) => Answer | Promise<Answer> = () => ({ status: 202 });

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request);
    const url = request.url ?? '';
    const body = JSON.parse(text) as Body;
    const recorded: Recorded = { url, headers: request.headers, text, body, status: 0 };
    requests.push(recorded);
    const answer = await decide({ url, body });
    recorded.status = answer.status;
    if (answer.status === 0) request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  };

  const server = createServer((request, response) => {
    if (request.method === 'POST') void receive(request, response);
    else serve(new URL(request.url ?? '/', 'http://localhost').pathname, response, pages);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const eventsOf = (from: Recorded[], name?: string): SentEvent[] =>
    from.flatMap((request) => request.body.events ?? []).filter((event) => !name || event.name === name);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    events: (name) => eventsOf(requests, name),
    accepted: (name) =>
      eventsOf(
        requests.filter((request) => Math.floor(request.status / 100) === 2),
        name,
      ),
    beats: () =>
      requests.filter((request) => new URL(request.url, 'http://localhost').pathname.endsWith('/ut/p')),
    answerWith(next) {
      decide = next;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
  };
}
