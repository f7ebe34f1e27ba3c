import { createContext, runInContext } from 'node:vm';

/** A page, as far as the tracker looks at it: the built script runs in it, and what it sends is kept. */
export class Page {
  sent: { url: string; body: unknown }[] = [];
  heard = new Map<string, ((event: object) => void)[]>();
  hidden = false;
  location: { href: string; pathname: string; search: string };

  constructor(href: string) {
    const { pathname, search } = new URL(href);
    this.location = { href, pathname, search };
  }

  hear(event: string): void {
    for (const react of this.heard.get(event) ?? []) react({});
  }

  run(
    source: string,
    navigator: object,
    more: object = {},
  ): { ut: (name: string, parameters?: object) => void } {
    class HTMLScriptElement {
      dataset = { site: 'pk_0000000000000000' };
      src = 'https://shop.example/ut/ut.js';
    }
    const listen = (event: string, react: (event: object) => void): void => {
      this.heard.set(event, [...(this.heard.get(event) ?? []), react]);
    };
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- getters of the page's objects need it
    const page = this;
    const window: Record<string, unknown> = {
      HTMLScriptElement,
      document: {
        currentScript: new HTMLScriptElement(),
        title: 'Chair 🪑',
        referrer: 'https://www.google.com/',
        documentElement: { scrollHeight: 2000 },
        addEventListener: listen,
        hasFocus: () => true,
        querySelector: () => null,
        get hidden() {
          return page.hidden;
        },
      },
      addEventListener: listen,
      navigation: { addEventListener: listen },
      location: this.location,
      navigator,
      innerWidth: 390,
      innerHeight: 844,
      scrollY: 100,
      crypto,
      performance,
      URL,
      Intl,
      setTimeout: () => 0,
      setInterval: () => 0,
      clearTimeout: () => undefined,
      fetch: (url: string, { body }: { body: string }) => {
        this.sent.push({ url, body: JSON.parse(body) });
        return new Promise(() => undefined);
      },
    };
    Object.assign(window, more, { window });
    runInContext(source, createContext(window));
    return window as { ut: (name: string, parameters?: object) => void };
  }
}
