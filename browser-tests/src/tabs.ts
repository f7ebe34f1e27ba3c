/**
 * Tabs as a person has them: one in front, the others really hidden, the focus where the person is. Playwright's own
 * pages all believe to be in front; these are driven by the browser's protocol alone.
 */
import type { Browser, CDPSession } from 'playwright-core';
import { waitFor } from './wait.ts';

interface Answer {
  id?: number;
  method?: string;
  result?: object;
  error?: { message: string };
}

/** Longer than any page of the tests takes to load, a throttled one included. */
const LOAD_LIMIT_MS = 60_000;

export class Tab {
  readonly #browser: CDPSession;
  readonly #id: string;
  readonly #session: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #heard: string[] = [];
  #next = 0;

  constructor(browser: CDPSession, id: string, session: string) {
    [this.#browser, this.#id, this.#session] = [browser, id, session];
    browser.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      if (sessionId !== session) return;
      const answer = JSON.parse(message) as Answer;
      if (answer.method) this.#heard.push(answer.method);
      if (answer.id) this.#waiting.get(answer.id)?.(answer);
    });
  }

  /** One command of the protocol to this tab. */
  async send<T = object>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#next;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await this.#browser.send('Target.sendMessageToTarget', { sessionId: this.#session, message });
    const { error, result } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result as T;
  }

  /** Does something and waits until a page has loaded, which may be one from the back/forward cache. */
  async #loads(act: () => Promise<unknown>): Promise<void> {
    this.#heard.length = 0;
    await act();
    await waitFor('the page has loaded', () => this.#heard.includes('Page.loadEventFired'), LOAD_LIMIT_MS);
  }

  goto(url: string): Promise<void> {
    return this.#loads(() => this.send('Page.navigate', { url }));
  }

  reload(): Promise<void> {
    return this.#loads(() => this.send('Page.reload'));
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await this.send<{
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string } };
    }>('Runtime.evaluate', options);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? expression);
    return result.value;
  }

  /** Presses the left button in the middle of an element, as a mouse does. */
  async click(selector: string): Promise<void> {
    const [x, y] = await this.evaluate<[number, number]>(`(() => {
      const box = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    })()`);
    for (const type of ['mousePressed', 'mouseReleased']) {
      await this.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
    }
  }

  /** Brings it to the front, which hides the tab that was there. */
  async show(): Promise<void> {
    await this.#browser.send('Target.activateTarget', { targetId: this.#id });
  }

  async close(): Promise<void> {
    await this.#browser.send('Target.closeTarget', { targetId: this.#id });
  }
}

/** A visitor with a window of their own, nothing stored in it. */
export interface Visitor {
  /** Opens a tab in front of the others. */
  tab(): Promise<Tab>;
  /** Brings an empty tab to the front: all others are hidden. */
  lookAway(): Promise<void>;
  leave(): Promise<void>;
}

export async function newVisitor(browser: Browser): Promise<Visitor> {
  const session = await browser.newBrowserCDPSession();
  const { browserContextId } = await session.send('Target.createBrowserContext');
  const tab = async (): Promise<Tab> => {
    const { targetId } = await session.send('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = await session.send('Target.attachToTarget', { targetId });
    const opened = new Tab(session, targetId, sessionId);
    await opened.send('Page.enable');
    return opened;
  };
  const elsewhere = await tab();
  return {
    tab,
    lookAway: () => elsewhere.show(),
    leave: async () => {
      await session.send('Target.disposeBrowserContext', { browserContextId });
      await session.detach();
    },
  };
}
