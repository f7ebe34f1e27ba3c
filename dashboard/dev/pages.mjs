// Made-up answers for the pages beside the overview: a site's settings, tokens, users, web vitals and receipts.
import { Buffer } from 'node:buffer';
import { URL } from 'node:url';
import { consents } from './consents.mjs';
import { random } from './data.mjs';
import { Subjects } from './subjects.mjs';

/** @typedef {import('node:http').IncomingMessage} Request @typedef {import('./subjects.mjs').Answer} Answer */

const HOSTILE = '</textarea><img src=x onerror=alert(1)>';
const VITALS = { lcp: 2280, inp: 168, cls: 0.13, fcp: 1420, ttfb: 2050 };
const LINES = {
  page_template: ['/', '/products/*', '/collections/*', '/cart', '/checkout', ''],
  page: ['/', '/products/merino-beanie', '/collections/winter', '/cart', '/blogs/journal/how-we-wash-wool'],
  device_type: ['mobile', 'desktop', 'tablet'],
  country: ['DE', 'FR', 'GB', 'US', ''],
};

/** @param {number} samples @param {() => number} rand */
function metricsOf(samples, rand) {
  /** @type {Record<string, number | null>} */
  const metrics = {};
  for (const [name, usual] of Object.entries(VITALS)) {
    const good = Math.round(samples * (0.55 + rand() * 0.3));
    metrics[`p75_${name}`] = samples === 0 ? null : usual * (0.6 + rand() * 0.9);
    metrics[`samples_${name}`] = samples;
    metrics[`good_${name}`] = good;
    metrics[`poor_${name}`] = Math.round((samples - good) * 0.4);
  }
  return metrics;
}

const TARGETS = {
  lcp: [
    '#hero>div.picture>img',
    'main>h1',
    'div.collection-grid>a:nth-child(1)>img',
    'video.teaser',
    'p.lead',
  ],
  inp: ['button.add-to-cart', '#search>input', 'nav>button.menu', 'label.size', 'a.more'],
  cls: ['div.cookie-bar', 'div.collection-grid', 'section.reviews', '#hero', 'footer'],
};

/** What values were caused by. @param {any} query @param {string} scenario */
function causes(query, scenario) {
  const vital = /** @type {keyof typeof TARGETS} */ (query.metrics[0].slice('samples_'.length));
  const rand = random(vital.length * vital.charCodeAt(0));
  const none = JSON.stringify(query.filters).includes('"/cart"');
  const hostile = scenario === 'hostile' ? [HOSTILE, '\u202egnp.exe', 'x'.repeat(900)] : [];
  const names = none ? [] : [...hostile, ...TARGETS[vital]].slice(0, query.limit);
  const rows = names.map((target, at) => ({
    dimensions: { target },
    metrics: metricsOf(Math.round(700 / (at * at + 1)), rand),
  }));
  return { rows, totals: metricsOf(none ? 0 : 1310, rand), meta: { warnings: [] } };
}

/** What `POST /api/v1/q` answers to the performance page. @param {any} body @param {string} scenario */
function speed(body, scenario) {
  const results = body.queries.map((/** @type {any} */ query) => {
    const rand = random(7);
    if (query.dimensions[0] === 'target') return causes(query, scenario);
    const none = ['empty', 'quiet', 'nothing'].includes(scenario);
    const totals = metricsOf(none ? 0 : 4120, rand);
    const [by] = query.dimensions;
    const lines = none || !by ? [] : (LINES[/** @type {keyof typeof LINES} */ (by)] ?? []);
    const names =
      scenario === 'hostile' && by ? [HOSTILE, '\u202egnp.exe', 'x'.repeat(900), ...lines] : lines;
    const rows = names.map((/** @type {string} */ line, /** @type {number} */ at) => ({
      dimensions: { [by]: line },
      metrics: metricsOf(Math.round(1800 / (at * at + 1)) - at, rand),
    }));
    return { rows, totals, meta: { warnings: [] } };
  });
  return { results };
}

/** The settings, tokens and users of one dev server. */
class Owned {
  /** @param {Record<string, unknown>} site @param {boolean} hostile */
  constructor(site, hostile) {
    this.site = {
      ...site,
      session_timeout_min: 30,
      excluded_networks: ['203.0.113.0/24'],
      excluded_paths: hostile ? [`/${HOSTILE}`] : ['/admin', '/*/preview'],
      excluded_hostnames: [],
      staging_hostnames: ['staging.wool-and-weather.example'],
      url_params: ['size', 'variant'],
      gateways: [],
      channel_rules: [
        { field: 'source', op: 'contains', value: hostile ? HOSTILE : 'post', channel: 'Letters' },
      ],
      page_templates: ['/products/*'],
      retention: { events: 13, sums: 25, personal: 13, receipts: 5 },
      consent: {
        mode: 'cookieless',
        regions: [
          { region: 'FR', mode: 'cnil' },
          { region: hostile ? HOSTILE : 'US-CA', mode: 'strict' },
        ],
      },
    };
    this.tokens = [{ id: 'tok_1', hint: 'ut_Ab12', site: 1, scope: 'read', created_at: 1_795_000_000_000 }];
    this.users = [{ id: 'usr_1', email: 'owner@shop.example', created_at: 1_790_000_000_000 }];
  }

  /** @param {any} change @returns {Answer} */
  change(change) {
    const errors = (change.excluded_networks ?? []).flatMap(
      (/** @type {string} */ text, /** @type {number} */ at) =>
        /^[\d./:a-f]+$/.test(text)
          ? []
          : [
              {
                field: `excluded_networks[${at}]`,
                code: 'not_a_network',
                message: `\`${text}\` is no network`,
              },
            ],
    );
    for (const [at, { region }] of Object.entries(change.consent?.regions ?? [])) {
      if (/^([A-Z]{2}(-[A-Z0-9]{1,3})?|EEA)$/.test(region)) continue;
      const message = `\`${region}\` is no place; e.g. DE, US-CA, EU, EEA or UK`;
      errors.push({ field: `consent.regions[${at}]`, code: 'not_a_region', message });
    }
    const { events = 0, sums = 120 } = { ...this.site.retention, ...change.retention };
    if (sums < events) {
      const message = `sums are kept at least as long as events: ${sums} months are fewer than ${events}`;
      errors.push({ field: 'retention.sums', code: 'shorter_than_events', message });
    }
    if (errors.length > 0) {
      return { status: 422, body: { title: 'Invalid input', detail: 'Nothing was changed.', errors } };
    }
    const consent = { ...this.site.consent, ...change.consent };
    this.site = {
      ...this.site,
      ...change,
      consent,
      retention: { ...this.site.retention, ...change.retention },
    };
    return { status: 200, body: this.site };
  }

  /** @param {string} method @param {string} route @param {any} body @returns {Answer | null} */
  answer(method, route, body) {
    if (/^\/api\/v1\/sites\/\d+$/.test(route)) {
      return method === 'PATCH' ? this.change(body) : { status: 200, body: this.site };
    }
    if (route.endsWith('/page_templates')) {
      const suggestions = [{ pattern: '/collections/*', pages: 34, views: 12_400 }];
      return { status: 200, body: { suggestions } };
    }
    if (route.endsWith('/secret')) {
      return {
        status: 201,
        body: { id: 1, secret: 'sk_made_up', old_secret_until: Date.now() + 86_400_000 },
      };
    }
    const [, kind, id] = /^\/api\/v1\/(tokens|users)(?:\/(.+))?$/.exec(route) ?? [];
    if (kind === 'tokens') return this.token(method, id, body);
    return kind === 'users' ? this.user(method, id, body) : null;
  }

  /** @param {string} method @param {string | undefined} id @param {any} body @returns {Answer} */
  token(method, id, body) {
    if (method === 'DELETE') {
      this.tokens = this.tokens.filter((token) => token.id !== id);
      return { status: 204 };
    }
    if (method === 'GET') return { status: 200, body: { tokens: this.tokens } };
    const made = { id: 'tok_2', hint: 'ut_New1', site: body.site, scope: body.scope, created_at: Date.now() };
    this.tokens.push(made);
    return { status: 201, body: { ...made, token: 'ut_New1_the_whole_word' } };
  }

  /** @param {string} method @param {string | undefined} id @param {any} body @returns {Answer} */
  user(method, id, body) {
    if (method === 'DELETE') {
      this.users = this.users.filter((user) => user.id !== id);
      return { status: 204 };
    }
    if (method === 'GET') return { status: 200, body: { users: this.users } };
    if (body.password.length < 12) {
      const errors = [
        { field: 'password', code: 'too_short', message: 'a password has 12 to 1024 characters' },
      ];
      return { status: 422, body: { title: 'Invalid input', detail: 'Nothing was changed.', errors } };
    }
    this.users.push({ id: 'usr_2', email: body.email, created_at: Date.now() });
    return { status: 201, body: this.users.at(-1) };
  }
}

/** Answers of one dev server; null where the question is not one of these pages'. */
export class Pages {
  /** @param {Record<string, unknown>} site @param {string} scenario */
  constructor(site, scenario) {
    this.owned = new Owned(site, scenario === 'hostile');
    this.subjects = new Subjects(scenario);
  }

  /**
   * @param {string} method @param {string} address @param {any} body @param {string} scenario
   * @returns {Answer | null}
   */
  answer(method, address, body, scenario) {
    const url = new URL(address, 'http://localhost');
    const route = url.pathname;
    const receipts = consents(url, scenario);
    if (receipts) return { status: 200, body: receipts };
    const ofSubjects = this.subjects.answer(route, body);
    if (ofSubjects) return ofSubjects;
    if (
      route === '/api/v1/q' &&
      body?.queries?.[0]?.metrics?.some((/** @type {string} */ name) => name.startsWith('p75_'))
    ) {
      return { status: 200, body: speed(body, scenario) };
    }
    return this.owned.answer(method, route, body);
  }
}

/** The JSON of a request, null without one. @param {Request} request */
export async function jsonOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const text = Buffer.concat(parts).toString();
  return text === '' ? null : JSON.parse(text);
}
