// ut-pixel.js: for Shopify's custom pixels, which run in a frame of their own without the page. Pasted there, with the two
// names at its top filled in.
import { eventFields } from '../../core/fields.ts';
import { uuidv7 } from '../../core/ids.ts';
import { backoff, retryAfter } from '../../core/pace.ts';
import type { Consent } from '../../core/site.ts';
import { placeOf, understand } from './shopify.ts';
import type { Cart, ShopifyEvent } from './shopify.ts';

interface CustomerPrivacy {
  analyticsProcessingAllowed?: boolean;
  marketingAllowed?: boolean;
  preferencesProcessingAllowed?: boolean;
  saleOfDataAllowed?: boolean;
}
interface PrivacyApi {
  subscribe(
    event: 'visitorConsentCollected',
    hear: (event: { customerPrivacy: CustomerPrivacy }) => void,
  ): void;
}

// What the pasted text begins with.
declare const UT_ENDPOINT: string;
declare const UT_SITE_KEY: string;
// What Shopify puts beside it.
declare const analytics: { subscribe(event: string, hear: (event: ShopifyEvent) => void): void };
declare const browser: { localStorage: { getItem(key: string): Promise<unknown> } };
declare const init: { data?: { cart?: Cart | null }; customerPrivacy?: CustomerPrivacy };
declare const customerPrivacy: PrivacyApi | undefined;
declare const api: { customerPrivacy?: PrivacyApi } | undefined;

/** What Shopify knows of the visitor's will. Global Privacy Control stands above it. */
function consentOf(said: CustomerPrivacy = {}): Consent {
  const gpc = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
  return {
    analytics: said.analyticsProcessingAllowed,
    marketing: gpc || said.saleOfDataAllowed === false ? false : said.marketingAllowed,
    personalization: gpc ? false : said.preferencesProcessingAllowed,
    source: 'shopify',
  } as Consent;
}

let consent = consentOf(init.customerPrivacy);
let { cart } = init.data || {};
/** One page view: the frame lives as long as its page, unless the shop changes pages within a document. */
let page = { page_view: uuidv7(Date.now()), seq: 0 };

/** `ut.optOut()` on the shop's pages holds here. */
async function optedOut(): Promise<boolean> {
  try {
    return typeof (await browser.localStorage.getItem('ut_optout')) === 'string';
  } catch {
    return false;
  }
}

/** Sends one event until the server has decided. */
async function send(envelope: object, failures = 0): Promise<void> {
  if (await optedOut()) return;
  let wait = 0;
  try {
    const { status, headers } = await fetch(`${UT_ENDPOINT}e`, {
      method: 'POST',
      body: JSON.stringify({ ...envelope, sent_at: Date.now(), consent }),
      credentials: 'omit',
      keepalive: true,
    });
    if (status !== 429 && status < 500) return;
    wait = retryAfter(headers.get('Retry-After'));
  } catch {
    // Not sent, as far as anybody knows: the server recognises what it has.
  }
  setTimeout(
    () => {
      void send(envelope, failures + 1);
    },
    Math.max(wait, backoff(failures, Math.random())),
  );
}

function hear(event: ShopifyEvent): void {
  const { clientId = null, timestamp = '', data, context = {} } = event;
  if (data && data.cart) cart = data.cart;
  const understood = understand(event, cart);
  if (!understood) return;
  const [name, parameters] = understood;
  const ts = Date.parse(timestamp) || Date.now();
  // The first page is that of the frame.
  if (name === 'page_view' && page.seq) page = { page_view: uuidv7(ts), seq: 0 };
  page.seq++;
  const { innerWidth = 0, innerHeight = 0 } = context.window || {};
  void send({
    site: UT_SITE_KEY,
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
    lang: navigator.language,
    viewport: [innerWidth, innerHeight],
    webdriver: navigator.webdriver || undefined,
    ids: { clientId },
    events: [{ id: uuidv7(ts), name, ts, ...page, ...placeOf(event), ...eventFields(parameters) }],
  });
}

// Under one of two names, as the kind of pixel is.
const privacy =
  typeof customerPrivacy === 'object'
    ? customerPrivacy
    : typeof api === 'object'
      ? api.customerPrivacy
      : undefined;
if (privacy)
  privacy.subscribe('visitorConsentCollected', ({ customerPrivacy: said }) => {
    consent = { ...consentOf(said), at: Date.now() };
  });
analytics.subscribe('all_standard_events', hear);
