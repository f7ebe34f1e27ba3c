// Runs what `init cloudflare` and `init next` print as their platforms would: the first argument says which, the second
// is the printed file, the third the port.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [platform, file, port] = process.argv.slice(2);
const printed = (await import(pathToFileURL(file).href)).default;

// Node asks for a word more than browsers and Cloudflare do when a body is a stream.
const plainFetch = globalThis.fetch;
globalThis.fetch = (target, init) => plainFetch(target, { ...init, duplex: 'half' });

const platforms = {
  // Cloudflare says who called, whatever the caller says.
  cloudflare: (request, address) => {
    request.headers.set('CF-Connecting-IP', address);
    return printed.fetch(request);
  },
  // A proxy in front of Next says who called; Next passes it on.
  next: async (request, address) => {
    const { pathname, search } = new URL(request.url);
    for (const { source, destination } of await printed.rewrites()) {
      const folder = source.replace(':path*', '');
      if (source !== `${folder}:path*` || !pathname.startsWith(folder)) continue;
      const headers = new Headers(request.headers);
      headers.set('X-Forwarded-For', address);
      headers.delete('Forwarded');
      for (const name of [...headers.keys()]) if (name.startsWith('x-vercel-')) headers.delete(name);
      const target = destination.replace(':path*', pathname.slice(folder.length)) + search;
      return fetch(target, { method: request.method, headers, body: request.body, redirect: 'manual' });
    }
    return new Response('shop', { status: 404 });
  },
};

createServer(async (incoming, outgoing) => {
  try {
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
    // Of one connection; and the name of the host a request goes to is said by its target.
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) headers.delete(name);
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const url = new URL(`https://shop.example${incoming.url}`);
    const request = new Request(url, { method: incoming.method, headers, body });
    const answer = await platforms[platform](request, incoming.socket.remoteAddress);
    const kept = [...answer.headers].filter(([name]) => !/^(content-(length|encoding)|transfer-encoding)$/.test(name));
    outgoing.writeHead(answer.status, Object.fromEntries(kept));
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  } catch (error) {
    outgoing.writeHead(500);
    outgoing.end(String(error));
  }
}).listen(Number(port), '127.0.0.1');
