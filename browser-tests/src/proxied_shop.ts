/** A shop on an origin of its own that forwards `/ut/` to the product's server, unstripped, as shops do. */
import { createServer, request as forward } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SentEvent } from './collector.ts';

export interface Shop {
  /** `http://localhost:port` */
  url: string;
  /** Path and `Sec-Purpose` of every page that was asked for. */
  asked: { path: string; purpose: string }[];
  /** Paths, headers and bodies of everything that was posted. */
  posted: { path: string; headers: IncomingHttpHeaders; body: string }[];
  close(): Promise<void>;
}

/** Serves what `page` makes of a path, and hands everything below `/ut/`, and what it makes nothing of, to `server`. */
export async function startShop(server: string, page: (path: string) => string | null): Promise<Shop> {
  const asked: Shop['asked'] = [];
  const posted: Shop['posted'] = [];

  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const { method, headers, url = '/' } = request;
    // A connection kept open may be closed by the server in the moment it is used again.
    const onward = forward(server + url, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    // A visitor who is gone does not take back what was sent.
    onward.on('error', () => response.destroy());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (method === 'POST') posted.push({ path: url, headers, body: Buffer.concat(chunks).toString() });
    });
    request.pipe(onward);
  };

  const http = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const shown = pathname.startsWith('/ut/') ? null : page(pathname);
    if (shown === null) {
      pass(request, response);
      return;
    }
    asked.push({ path: pathname, purpose: String(request.headers['sec-purpose'] ?? '') });
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(shown);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(http.address() as AddressInfo).port}`,
    asked,
    posted,
    close() {
      http.closeAllConnections();
      return new Promise((resolve) =>
        http.close(() => {
          resolve();
        }),
      );
    },
  };
}

/** The events that were posted, as often as they were. */
export function eventsIn(posted: Shop['posted']): SentEvent[] {
  const bodies = posted.filter(({ path }) => path === '/ut/e').map(({ body }) => body);
  return bodies.flatMap((body) => (JSON.parse(body) as { events: SentEvent[] }).events);
}
