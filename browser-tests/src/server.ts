/** The product's own server as a process of its own, with real stores in a folder of its own. */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { binary } from './binary.ts';
import { waitFor } from './wait.ts';

const START_LIMIT_MS = 60_000;
/** What a developer's shell says must not change what is tested. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'LD_LIBRARY_PATH', 'UT_CHDB_LIB'];

const running = new Set<ChildProcess>();
const folders = new Set<string>();
// A test file that breaks off leaves neither a server nor its data behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function environment(): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

/** One start of the binary. */
interface Run {
  child: ChildProcess;
  /** What it has printed so far, both streams. */
  output: () => string;
}

function launch(words: string[], cwd: string): Run {
  const child = spawn(binary(), words, { cwd, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return { child, output: () => output };
}

/** The word after `name` in the lines that the server prints when it is ready. */
function printed(output: string, name: string): string | undefined {
  return new RegExp(`^ {2}${name} +(\\S+)`, 'm').exec(output)?.[1];
}

/** One server on a folder and a port of its own, which stay its own while it is away. */
export class Server {
  /** `http://127.0.0.1:port` */
  url = '';
  /** The dashboard's address as printed: with the one-time token while it has one. */
  dashboard = '';
  /** Prometheus text, without a login. */
  metrics = '';
  readonly #command: 'serve' | 'demo';
  readonly #dataDir = mkdtempSync(path.join(tmpdir(), 'ut-browser-tests-'));
  #run: Run | null = null;

  constructor(command: 'serve' | 'demo') {
    this.#command = command;
    folders.add(this.#dataDir);
  }

  /** Starts it (again after `kill`, on the same data and port), and waits for the lines it prints when it is ready. */
  async start(...words: string[]): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const settings = [
      '--host',
      '127.0.0.1',
      '--port',
      port,
      '--admin-port',
      '0',
      '--data-dir',
      this.#dataDir,
    ];
    const run = launch([this.#command, ...settings, ...words], this.#dataDir);
    this.#run = run;
    this.metrics = await waitFor(
      'the server is ready',
      () => {
        if (run.child.exitCode === null) return printed(run.output(), 'metrics');
        throw new Error(`the server ended with ${run.child.exitCode}:\n${run.output()}`);
      },
      START_LIMIT_MS,
    );
    this.dashboard = printed(run.output(), 'dashboard') ?? '';
    this.url = new URL(this.dashboard).origin;
  }

  /** Runs another command of the binary on the same data and parses the JSON it prints. */
  async command<T>(...words: string[]): Promise<T> {
    const { stdout } = await promisify(execFile)(
      binary(),
      [...words, '--json', '--data-dir', this.#dataDir],
      { cwd: this.#dataDir, env: environment() },
    );
    return JSON.parse(stdout) as T;
  }

  /** Ends it as a power cut would; its data stays. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end, removes its data, and fails unless it ended well. */
  async stop(): Promise<void> {
    const code = await this.#end('SIGTERM');
    rmSync(this.#dataDir, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${this.#run?.output()}`);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#run?.child;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  }
}

/** A running `serve` or `demo`. */
export async function startServer(command: 'serve' | 'demo', ...words: string[]): Promise<Server> {
  const server = new Server(command);
  await server.start(...words);
  return server;
}
