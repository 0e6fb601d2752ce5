import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { eventually } from '#testing';

const repository = new URL('../../../', import.meta.url).pathname;

const fromSource = ['--import', `${repository}infra/local/load-typescript.mjs`];

/** Runs a command. @returns its stdout; rejects with its stderr if it fails */
export async function runFromSource(
  entry: string,
  words: readonly string[],
  environment: Record<string, string>,
): Promise<string> {
  const env = { PATH: process.env['PATH'], ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, [...fromSource, entry, ...words], {
    cwd: repository,
    env,
  });
  return stdout;
}

/** The ledger as a separate process, from its sources. */
export class LedgerProcess {
  readonly lines: Record<string, unknown>[] = [];
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;

  constructor(environment: Record<string, string>) {
    this.child = spawn(process.execPath, [...fromSource, 'apps/ledger/src/main.ts'], {
      cwd: repository,
      env: { PATH: process.env['PATH'], ADMIN_PORT: '0', LOG_LEVEL: 'debug', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.exited = once(this.child, 'exit').then(([code]) => code as number | null);
    let rest = '';
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.lines.push(JSON.parse(line) as Record<string, unknown>);
    });
  }

  /** Resolves with the URL of its admin server once it logs `ready`. */
  async ready(): Promise<string> {
    const line = await this.said('ready');
    return line['admin'] as string;
  }

  /** The first log line whose message matches. */
  said(message: string | RegExp): Promise<Record<string, unknown>> {
    const matches = ({ msg }: Record<string, unknown>): boolean =>
      typeof message === 'string' ? msg === message : message.test(String(msg));
    return eventually(
      `the ledger said ${message}`,
      () => this.lines.find(matches) ?? (this.child.exitCode === null ? undefined : this.failEarly()),
      { timeoutMs: 30_000 },
    );
  }

  /** @returns its exit code */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null) this.child.kill(signal);
    return this.exited;
  }

  exit(): Promise<number | null> {
    return this.exited;
  }

  private failEarly(): never {
    throw new Error(`the ledger exited with ${this.child.exitCode}: ${JSON.stringify(this.lines.slice(-3))}`);
  }
}
