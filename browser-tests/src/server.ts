/** The product's own server as a process of its own, for tests of the whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitFor } from './wait.ts';

export interface ServerOptions {
  /** Arguments of the command; `demo` when not said. */
  args?: string[];
  /** Variables beside HOST, PORT, ADMIN_PORT and DATA_DIR. */
  env?: Record<string, string>;
  /** Kept across starts; a temporary folder that goes with the server when not said. */
  dataDir?: string;
}

export interface Server {
  /** `http://127.0.0.1:port` */
  url: string;
  dataDir: string;
  pid: number;
  /** What it has printed so far, both streams. */
  output(): string;
  /** Asks it to end, waits for that, and gives the exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Starts `bin` and waits until `/health` answers. */
export async function startServer(bin: string, options: ServerOptions = {}): Promise<Server> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'ut-server-'));
  const process_ = spawn(bin, options.args ?? ['demo'], {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      DATA_DIR: dataDir,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(process_, 'exit') as Promise<[number | null]>;
  let output = '';
  for (const stream of [process_.stdout, process_.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (process_.exitCode === null && process_.signalCode === null) process_.kill(signal);
    const [code] = await ended;
    if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    return code;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitFor(
      `${bin} answers on ${url}`,
      async () => {
        if (process_.exitCode !== null) throw new Error(`${bin} ended with ${process_.exitCode}:\n${output}`);
        return (await fetch(`${url}/health`).catch(() => null))?.ok;
      },
      60_000,
    );
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  return {
    url,
    dataDir,
    pid: process_.pid ?? 0,
    output: () => output,
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
  };
}
