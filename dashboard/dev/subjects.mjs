// Made-up limits, persons and erasures for the privacy page.
import { Buffer } from 'node:buffer';

const NOW = Date.UTC(2026, 10, 22, 13, 5, 12);
const DAY = 86_400_000;
const HOSTILE = '<img src=x onerror=alert(1)>';

/** @typedef {{ status: number, body?: unknown, file?: Buffer }} Answer */

/** @param {string} name @param {string} what @param {number} count @param {string} unit @param {number} days */
function line(name, what, count, unit, days) {
  return {
    class: name,
    what,
    limit: { count, unit },
    kept_from: NOW - days * DAY,
    oldest: NOW - days * DAY + DAY / 2,
    last_run: NOW - 12.9 * 3_600_000,
    removed: name === 'events' ? 48_212 : 0,
    next_run: NOW + 10.9 * 3_600_000,
    error: null,
  };
}

/** @param {string} scenario */
function retention(scenario) {
  const classes = [
    line('events', 'Events, sessions and web vitals, one row each', 13, 'months', 396),
    line('sums', 'Sums by day and page, in which nobody is told from anybody', 25, 'months', 761),
    line('personal', 'Personal data that the shop told, sealed', 13, 'months', 396),
    line('receipts', 'Receipts of what visitors chose', 5, 'years', 1826),
  ];
  const before = { oldest: null, last_run: null, removed: null, next_run: NOW };
  if (scenario === 'empty') return classes.map((each) => ({ ...each, ...before }));
  const error =
    scenario === 'hostile' ? `${HOSTILE}\u202e${'x'.repeat(90)}` : 'events: history is not available';
  const broken = scenario === 'hostile' || scenario === 'broken';
  return classes.map((each, at) => (broken && at === 0 ? { ...each, error } : each));
}

const FOUND = {
  visitors: 2,
  events: 1843,
  sessions: 41,
  first: NOW - 300 * DAY,
  last: NOW - DAY,
  personal: ['email', 'first_name', 'last_name', 'external_id'],
  receipts: 3,
};
const NOTHING = { visitors: 0, events: 0, sessions: 0, first: null, last: null, personal: [], receipts: 0 };

/** Requests of single persons: `nobody…` is not known. */
export class Subjects {
  /** @param {string} scenario */
  constructor(scenario) {
    const why = scenario === 'hostile' ? HOSTILE : 'history is not available';
    const done = {
      id: 1,
      at: NOW - 9 * DAY,
      status: 'done',
      done_at: NOW - 8.4 * DAY,
      visitors: 1,
      why: null,
    };
    const waits = { id: 2, at: NOW - DAY, status: 'waiting', done_at: null, visitors: 3, why };
    /** @type {Record<string, unknown>[]} */
    this.erasures = scenario === 'empty' ? [] : [waits, done];
    this.scenario = scenario;
  }

  /** @param {string} route @param {any} body @returns {Answer | null} */
  answer(route, body) {
    if (route === '/api/v1/privacy/retention') {
      return { status: 200, body: { site: 1, timezone: 'Europe/Berlin', classes: retention(this.scenario) } };
    }
    if (route === '/api/v1/privacy/erasures') return { status: 200, body: this.erasures };
    const named = String(body?.visitor ?? body?.external_id ?? body?.email);
    if (route === '/api/v1/privacy/find') {
      return { status: 200, body: named.startsWith('nobody') ? NOTHING : FOUND };
    }
    if (route === '/api/v1/privacy/export') return { status: 200, file: Buffer.from('PK\u0005\u0006') };
    if (route !== '/api/v1/privacy/erase') return null;
    const asked = { id: 7, at: NOW, status: 'waiting', done_at: null, visitors: 2, why: null };
    this.erasures = [asked, ...this.erasures];
    return { status: 202, body: { id: 7, status: 'waiting' } };
  }
}
