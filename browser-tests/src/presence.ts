/** The live stream of a site, read as a program reads it. */
import type { Server } from './server.ts';

/** What `event: presence` says, as far as the tests look at it. */
export interface Presence {
  now: number;
  pages: { page: string; visitors: number }[];
}

export interface Stream {
  /** The last picture; null before the first. */
  latest(): Presence | null;
  /** How many pictures have come. */
  count(): number;
  close(): void;
}

/** Opens `/presence/stream` with a token. */
export async function openStream(server: Server, token: string, site: string): Promise<Stream> {
  const abort = new AbortController();
  const response = await fetch(`${server.url}/presence/stream?site=${site}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    signal: abort.signal,
  });
  if (!response.ok || !response.body) throw new Error(`the stream does not open: ${response.status}`);
  let latest: Presence | null = null;
  let count = 0;
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const data = /^event: presence$[^]*^data: (.*)$/m.exec(message)?.[1];
        if (data === undefined) continue;
        latest = JSON.parse(data) as Presence;
        count++;
      }
    }
  };
  // It ends when the test closes it or the server stops; a test then waits in vain and says for what.
  read(response.body).catch(() => undefined);
  return {
    latest: () => latest,
    count: () => count,
    close: () => {
      abort.abort();
    },
  };
}
