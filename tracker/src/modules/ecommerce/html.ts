// ut-html.js: reads the page's own markup, `data-ut-event` and `data-ut-view`. Fetched once a page has any.
import type { Call, Site } from '../../core/site.ts';
import type { Page } from '../../core/page.ts';
import { fieldsOf, parametersOf } from './markup.ts';

const ITEM = '[data-ut-item-id],[data-ut-item-name]';
/** A page is drawn piece by piece: what is in a list is there so long after the list. */
const DRAWN_MS = 100;

const site = (window.ut || {}).shared as Site;
/** What an element said last, and on which page. */
const views = new WeakMap<Element, { page: Page | undefined; words: string }>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** What an element says by `data-ut-event` or `data-ut-view`. */
function callOf(element: Element, kind: string): Call {
  const own = fieldsOf(element.attributes);
  const inside = Array.from(element.querySelectorAll(ITEM))
    // Neither an item's own parts nor those of another event in it.
    .filter(({ parentElement: parent }) => parent && parent.closest(`${ITEM},[${kind}]`) === element)
    .map(({ attributes }) => fieldsOf(attributes));
  const around = element.closest(ITEM);
  const money = element.closest('[data-ut-currency]');
  return [
    element.getAttribute(kind) || '',
    parametersOf(
      own,
      inside,
      around && fieldsOf(around.attributes),
      (money && money.getAttribute('data-ut-currency')) || undefined,
    ),
  ];
}

/** Says every view that is not said yet. One that stays while the page around it changes is said again if it says something else. */
function lookAtViews(): void {
  const { pages } = site.tracker as NonNullable<Site['tracker']>;
  const page = pages[pages.length - 1];
  for (const element of Array.from(document.querySelectorAll('[data-ut-view]'))) {
    const call = callOf(element, 'data-ut-view');
    const words = JSON.stringify(call);
    const before = views.get(element);
    if (before && (before.page === page || before.words === words)) continue;
    views.set(element, { page, words });
    site.line.push(call);
  }
}

function lookSoon(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    lookAtViews();
  }, DRAWN_MS);
}

/** A click or a submission; nothing when there is another reason to look. */
function hear(happened?: Event): number {
  if (happened && /^(click|submit)$/.test(happened.type)) {
    const element = (happened.target as Element).closest('[data-ut-event]');
    // A press on something in a form is not yet the form.
    if (element && (element.tagName === 'FORM') === (happened.type === 'submit'))
      site.line.push(callOf(element, 'data-ut-event'));
  } else lookSoon();
  return 2;
}

const waiting = site.marks as unknown as (Event | undefined)[];
site.marks = { push: hear };
lookAtViews();
waiting.forEach(hear);
new MutationObserver(lookSoon).observe(document, {
  subtree: true,
  childList: true,
  attributeFilter: ['data-ut-view', 'data-ut-item-id', 'data-ut-transaction-id'],
});
