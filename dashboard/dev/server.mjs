// Serves dist/ and answers the API with made-up data, so that the dashboard can be opened without the real server.
// It sends the headers the real one must send. Loopback only.
// usage: node dev/server.mjs [scenario] [port]     scenarios: see SCENARIOS
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { URL } from 'node:url';
import { jsonOf, Pages } from './pages.mjs';
import { activity, answer, NO_PRESENCE, nothing, presence } from './data.mjs';

const DIST = path.join(import.meta.dirname, '../dist');
const ZONE = 'Europe/Berlin';
const SITE = {
  id: 1,
  key: 'pk_4f8c1d2e9a7b',
  domain: 'wool-and-weather.example',
  domains: ['wool-and-weather.example'],
  currency: 'EUR',
  timezone: ZONE,
};

const UNTRUSTED = {
  code: 'untrusted_proxy',
  message:
    'Everything of wool-and-weather.example arrives from 10.0.0.2 with X-Forwarded-For: a proxy that is not trusted.',
  fix: 'Set TRUSTED_PROXIES=10.0.0.2 and restart.',
};

/**
 * full: an ordinary shop · hostile: names from hell, three sites · warned: behind
 * a proxy that is not trusted · empty: no event yet · quiet: events, but none in
 * the period · nothing: no filter finds anything · loading: reports never answer · error: reports fail · partial: one
 * question is refused, the others are answered · down: nothing but the files is there ·
 * broken: the chain of receipts does not hold · lost: the live stream breaks off · signed-out · setup: no owner yet · demo: the link signs in
 */
export const SCENARIOS = [
  'full',
  'hostile',
  'warned',
  'empty',
  'quiet',
  'nothing',
  'loading',
  'error',
  'partial',
  'down',
  'broken',
  'lost',
  'signed-out',
  'setup',
  'demo',
];

const PAGES = ['/', '/login', '/setup', '/realtime', '/performance', '/privacy', '/settings'];

export const HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** @typedef {import('node:http').IncomingMessage} Request @typedef {import('node:http').ServerResponse} Response */

/** @param {Request} request @param {Response} response @param {string} file */
async function sendFile(request, response, file) {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const coding = accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : '';
  const twin = coding === 'br' ? '.br' : coding === 'gzip' ? '.gz' : '';
  const body = await readFile(path.join(DIST, file + twin));
  response.writeHead(200, {
    ...HEADERS,
    'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
    'cache-control': file === 'index.html' ? 'no-cache' : 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    ...(coding ? { 'content-encoding': coding } : {}),
  });
  response.end(body);
}

/** @param {Response} response @param {number} status @param {unknown} [body] */
function sendJson(response, status, body) {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { ...HEADERS, 'content-type': type, 'cache-control': 'no-store' });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** @param {number} status @param {string} title @param {string} detail @param {unknown[]} [errors] */
const problem = (status, title, detail, errors) => ({ type: 'about:blank', title, status, detail, errors });

/** The site's wall clock. */
function wallClock() {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: ZONE,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  }).format(Date.now());
  return parts.replace(', ', 'T');
}

/** One running server and what it has been asked to be. */
class Dev {
  /** @param {string} scenario */
  constructor(scenario) {
    this.scenario = scenario;
    this.signedIn = !['signed-out', 'setup', 'demo'].includes(scenario);
    /** @type {{ method: string, path: string, csrf: string | undefined, body?: unknown }[]} what was asked, for tests */
    this.log = [];
    /** @type {Set<Response>} */
    this.streams = new Set();
    this.pages = new Pages(SITE, scenario);
  }

  get hostile() {
    return this.scenario === 'hostile';
  }

  /** @param {Request} request @param {Response} response */
  async answer(request, response) {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const entry = {
      method: request.method ?? '',
      path: url.pathname + url.search,
      csrf: request.headers['x-csrf-token'],
    };
    this.log.push(entry);
    if (request.method === 'GET' && PAGES.includes(url.pathname)) {
      await sendFile(request, response, 'index.html');
    } else if (request.method === 'GET' && /^\/assets\/[\w-]+\.\w+$/.test(url.pathname)) {
      await sendFile(request, response, url.pathname.slice(1));
    } else if (this.scenario === 'down') {
      sendJson(
        response,
        503,
        problem(503, 'Starting up', 'The server is opening its stores. This takes a few seconds.'),
      );
    } else {
      if (request.method !== 'GET') entry.body = await jsonOf(request);
      this.ask(entry, url, response);
    }
  }

  /** @param {{ method: string, path: string, body?: unknown }} entry @param {URL} url @param {Response} response */
  ask(entry, url, response) {
    const ofPages = this.signedIn
      ? this.pages.answer(entry.method, entry.path, entry.body, this.scenario)
      : null;
    if (ofPages && this.scenario === 'loading') return;
    if (ofPages && this.scenario === 'error') {
      sendJson(response, 503, problem(503, 'Not available', 'The server is opening its stores.'));
    } else if (ofPages?.file) {
      response.writeHead(200, { ...HEADERS, 'content-type': 'application/zip', 'cache-control': 'no-store' });
      response.end(ofPages.file);
    } else if (ofPages) sendJson(response, ofPages.status, ofPages.body);
    else if (entry.method === 'GET') this.get(url, response);
    else this.post(url.pathname, entry.body ?? {}, response);
  }

  /** @param {string} route @param {any} body @param {Response} response */
  post(route, body, response) {
    if (route === '/login' && body.password === 'wrong password') {
      sendJson(response, 401, problem(401, 'Not signed in', 'E-mail and password do not match.'));
    } else if (route === '/setup' && body.token === 'spent') {
      sendJson(
        response,
        410,
        problem(
          410,
          'This link is used up',
          'It works once, for 15 minutes. Start the server again for a new one.',
        ),
      );
    } else if (route === '/setup' && body.email === 'taken@shop.example') {
      const errors = [{ field: 'email', code: 'taken', message: 'This address belongs to another account.' }];
      sendJson(response, 422, problem(422, 'Please check the form', 'One field was refused.', errors));
    } else if (['/login', '/setup'].includes(route)) {
      this.signedIn = true;
      if (this.scenario !== 'hostile') this.scenario = 'full';
      sendJson(response, 204);
    } else if (route === '/logout') {
      this.signedIn = false;
      sendJson(response, 204);
    } else if (route === '/api/v1/q' && this.signedIn) this.questions(body.queries, response);
    else sendJson(response, 404, problem(404, 'Not found', `There is no ${route}.`));
  }

  /** @param {URL} url @param {Response} response */
  get(url, response) {
    const route = url.pathname;
    if (route === '/api/v1/about') {
      const owner = this.scenario !== 'setup';
      sendJson(response, 200, {
        version: '0.1.0',
        demo: ['demo', 'empty'].includes(this.scenario),
        owner_exists: owner,
      });
    } else if (!this.signedIn) {
      sendJson(response, 401, problem(401, 'Not signed in', 'Please sign in.'));
    } else if (route === '/api/v1/me') {
      sendJson(response, 200, { user: { email: 'owner@shop.example' }, csrf: 'csrf-token' });
    } else if (route === '/api/v1/sites') {
      const others = [
        { ...SITE, id: 2, domain: 'shop.example', timezone: 'America/New_York' },
        { ...SITE, id: 3, domain: `${'a-very-long-sub-domain.'.repeat(4)}example`, timezone: 'Mars/Olympus' },
      ];
      const site = this.scenario === 'warned' ? { ...SITE, warnings: [UNTRUSTED] } : SITE;
      sendJson(response, 200, { sites: this.hostile ? [SITE, ...others] : [site] });
    } else if (route === '/presence/stream') this.stream(response);
    else sendJson(response, 404, problem(404, 'Not found', `There is no ${route}.`));
  }

  /** Several questions at once. @param {any[]} queries @param {Response} response */
  questions(queries, response) {
    if (this.scenario === 'loading') return;
    if (this.scenario === 'error') {
      const detail =
        'The history store is not open yet. It loads what waits in the log once it is; nothing is lost.';
      sendJson(response, 503, problem(503, 'History is not available', detail));
      return;
    }
    const refused = queries.findIndex(({ dimensions, filters }) =>
      JSON.stringify(filters ?? '').includes('"("')
        ? true
        : this.scenario === 'partial' && dimensions[0] === 'country',
    );
    if (refused >= 0) {
      const pattern = JSON.stringify(queries[refused].filters ?? '').includes('"("');
      const message = pattern ? '"(" is no regular expression of RE2' : 'country is not known';
      const field = pattern ? 'filters[2][0]' : 'dimensions[0]';
      const errors = [{ index: refused, field, code: 'refused', message }];
      sendJson(
        response,
        422,
        problem(422, 'The question cannot be answered', `${field}: ${message}`, errors),
      );
      return;
    }
    const results = queries.map((query) => {
      const quiet = this.scenario === 'quiet' && query.date_range !== 'all';
      const found = this.scenario !== 'nothing' || !JSON.stringify(query.filters ?? '').includes('"is"');
      const now = wallClock();
      return this.scenario === 'empty' || quiet || !found
        ? nothing(query, now)
        : answer(query, now, this.hostile);
    });
    sendJson(response, 200, { results });
  }

  /** @param {Response} response */
  stream(response) {
    if (this.scenario === 'loading') return;
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.streams.add(response);
    let second = 0;
    const send = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const quiet = () => ['empty', 'quiet'].includes(this.scenario);
    const tick = () => {
      send('presence', quiet() ? NO_PRESENCE : presence(second, this.hostile));
      if (!quiet() && second % 2 === 1) send('activity', activity(100 + second, Date.now(), this.hostile));
      second += 1;
      if (this.scenario === 'lost' && second > 2) response.destroy();
    };
    if (!quiet()) {
      for (let index = 0; index < 8; index++)
        send('activity', activity(index, Date.now() - 60_000 + index * 5_000, this.hostile));
    }
    tick();
    const timer = setInterval(tick, 1_000);
    response.on('close', () => {
      clearInterval(timer);
      this.streams.delete(response);
    });
  }
}

/** @param {{ scenario?: string, port?: number }} [options] port 0 takes a free one */
export async function startDevServer({ scenario = 'full', port = 0 } = {}) {
  if (!SCENARIOS.includes(scenario))
    throw new Error(`unknown scenario ${scenario}; one of ${SCENARIOS.join(', ')}`);
  const dev = new Dev(scenario);
  const server = createServer((request, response) => {
    // The second connection in scenario "lost" is refused, so that the note stays.
    if (
      dev.scenario === 'lost' &&
      request.url?.startsWith('/presence') &&
      dev.log.some(({ path: asked }) => asked.startsWith('/presence'))
    ) {
      response.writeHead(503).end();
      return;
    }
    dev.answer(request, response).catch((error) => {
      console.error(error.message);
      if (!response.headersSent) response.writeHead(404).end();
    });
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const at = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${at}`,
    log: dev.log,
    /** @param {string} next */
    setScenario: (next) => {
      dev.scenario = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(() => resolve(undefined)));
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const server = await startDevServer({
    scenario: process.argv[2] ?? 'full',
    port: Number(process.argv[3] ?? 4173),
  });
  console.log(`${server.url}  (stop with Ctrl-C)`);
}
