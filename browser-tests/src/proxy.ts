/** A shop's own host in front of the server: nginx or Caddy with what `init` prints for them, and pages of the shop. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { binary } from './binary.ts';
import { waitFor } from './wait.ts';

export type Kind = 'nginx' | 'caddy';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

export interface Proxy {
  /** `http://127.0.0.1:port` */
  url: string;
  stop(): Promise<void>;
}

/** `sbin` is on the path of administrators only. */
function program(name: Kind): string {
  const places = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];
  const found = places.map((place) => path.join(place, name)).find((file) => existsSync(file));
  if (!found) throw new Error(`${name} is missing: \`cargo xtask test\` installs it`);
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const CONFIGURATIONS: Record<Kind, (printed: string, port: number, page: string, folder: string) => string> =
  {
    nginx: (printed, port, page, folder) => `
daemon off;
user root;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  default_type text/html;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    ${printed}
    location / { return 200 '${page}'; }
  }
}`,
    caddy: (printed, port, page) => `{
  admin off
  auto_https off
}
${printed
  .replace('\n127.0.0.1 {', `\nhttp://127.0.0.1:${port} {\n  bind 127.0.0.1\n  header Content-Type text/html`)
  .replace('# … what the site has already', `respond \`${page}\``)}`,
  };

const ARGUMENTS: Record<Kind, (file: string, folder: string) => string[]> = {
  nginx: (file, folder) => ['-p', folder, '-c', file, '-e', path.join(folder, 'errors')],
  caddy: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
};

/** Starts it in front of `upstream`; every address but those below `prefix` is answered with `page`. */
export async function startProxy(kind: Kind, upstream: string, prefix: string, page: string): Promise<Proxy> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ut-browser-tests-'));
  const port = await freePort();
  const words = ['init', kind, '--domain', '127.0.0.1', '--upstream', upstream, '--prefix', prefix];
  const printed = execFileSync(binary(), words, { encoding: 'utf8' });
  const file = path.join(folder, 'config');
  writeFileSync(file, CONFIGURATIONS[kind](printed, port, page, folder));
  const child = spawn(program(kind), ARGUMENTS[kind](file, folder), {
    env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(`${kind} answers`, () => {
    if (child.exitCode !== null) throw new Error(`${kind} ended with ${child.exitCode}:\n${said}`);
    return fetch(url).then(
      () => true,
      () => false,
    );
  });
  return {
    url,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
