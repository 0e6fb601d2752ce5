import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart } from './cannot-start.js';
import { identify, signalTree, type ProcessIdentity } from './process-table.js';

/** A command to run. Its output is appended to the spec's `logFile`, so it survives the supervisor. */
export interface Launch {
  command: string;
  args: readonly string[];
  env: Record<string, string | undefined>;
  cwd?: string;
  /** Only if the supervisor is root. */
  user?: { uid: number; gid: number };
}

export interface ProcessSpec {
  name: string;
  logFile: string;
  /** Called before each launch. Creates what must exist (a formatted data folder, jars). */
  launch(): Promise<Launch>;
  /** Polled every 50 ms during the start. False or a rejection means not ready yet. */
  isReady(pid: number): Promise<boolean>;
  readyTimeoutMs: number;
  stopSignal: 'SIGTERM' | 'SIGINT';
  /** Time after which it is killed. */
  stopTimeoutMs: number;
  /** Called after an orderly end within the time limit. */
  afterStop?(): Promise<void>;
  /** Target of signals if the child is only a proxy: a container behind `docker run`. */
  container?: { name: string; signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): Promise<void> };
}

export type ProcessState = 'stopped' | 'starting' | 'ready' | 'frozen' | 'stopping' | 'killed' | 'waiting to restart';

export interface ProcessSnapshot {
  name: string;
  state: ProcessState;
  pid?: number;
  /** Restarts after unexpected ends, without those by command. */
  restarts: number;
  lastExit?: { code: number | null; signal: NodeJS.Signals | null; at: string };
  logFile: string;
}

export class ProcessFailed extends CannotStart {
  override name = 'ProcessFailed';
}

const READY_POLL_MS = 50;
const FIRST_BACKOFF_MS = 500;
const LAST_BACKOFF_MS = 10_000;
/** A process that ran this long restarts with the initial backoff. */
const STEADY_AFTER_MS = 30_000;
/**
 * The child executes its command only after a line of input, which is sent once it is recorded. If the supervisor is
 * killed before, the input ends and the child exits, so no unrecorded process runs. The umask keeps payments private.
 */
const ONCE_RECORDED = 'umask 077 && read -r recorded && exec "$0" "$@" </dev/null';
/** Number of ends before readiness after which the start fails. */
const HOPELESS_STARTS = 3;

/**
 * One supervised process, restarted after unexpected ends.
 *
 *     stopped ──start──▶ starting ──answers──▶ ready ──freeze──▶ frozen ──thaw──▶ starting
 *        ▲                  ▲  └─────── ends unexpectedly ───┘
 *        │                  └── backoff ── waiting to restart ◀┘
 *     stopping ◀──stop── (any)            killed ◀──kill── (any), down until start or restart
 *
 * Commands run one at a time, in the order given.
 */
export class ManagedProcess {
  #state: ProcessState = 'stopped';
  #child: ChildProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #ended: Promise<void> = Promise.resolve();
  #restarts = 0;
  /** Incremented by each launch, stop and kill, so that a launch in preparation notices that it is obsolete. */
  #generation = 0;
  #lastExit: ProcessSnapshot['lastExit'];
  #failedStarts = 0;
  #backoffMs = FIRST_BACKOFF_MS;
  #backoff: AbortController | undefined;
  #rotated = false;
  #lane: Promise<unknown> = Promise.resolve();
  readonly #stateWaiters = new Set<() => void>();

  constructor(
    readonly spec: ProcessSpec,
    private readonly report: {
      /** A process was spawned or has ended: updates the run file. Never rejects. */
      changed?(): Promise<void>;
      /** Prints a line for the operator: an unexpected end, a restart. */
      say?(line: string): void;
    } = {},
  ) {}

  get name(): string {
    return this.spec.name;
  }

  get identity(): ProcessIdentity | undefined {
    return this.#identity;
  }

  snapshot(): ProcessSnapshot {
    return {
      name: this.name,
      state: this.#state,
      ...(this.#child?.pid === undefined ? {} : { pid: this.#child.pid }),
      restarts: this.#restarts,
      ...(this.#lastExit ? { lastExit: this.#lastExit } : {}),
      logFile: this.spec.logFile,
    };
  }

  /** Resolves once ready. @throws ProcessFailed with the end of its log if it does not become ready */
  start(): Promise<void> {
    return this.#inTurn(() => this.#up());
  }

  /** Sends the stop signal, kills it after its time limit, and keeps it down. */
  stop(): Promise<void> {
    this.#backoff?.abort();
    return this.#inTurn(() => this.#down('stopped'));
  }

  /** SIGKILL to its process tree. It stays down until started, unless `restart`. */
  kill(options: { restart?: boolean } = {}): Promise<void> {
    this.#backoff?.abort();
    return this.#inTurn(async () => {
      await this.#down('killed');
      if (options.restart) await this.#up();
    });
  }

  /** SIGSTOP to its process tree. */
  freeze(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#child) throw new ProcessFailed(`${this.name} is ${this.#state}: there is nothing to freeze`);
      this.#enter('frozen');
      await this.#signal('SIGSTOP');
    });
  }

  /** SIGCONT. Resolves once it answers again. */
  thaw(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state !== 'frozen') throw new ProcessFailed(`${this.name} is ${this.#state}, not frozen`);
      this.#enter('starting');
      await this.#signal('SIGCONT');
      void this.#watchReadiness(this.#child!);
      await this.#untilReady();
    });
  }

  restart(): Promise<void> {
    this.#backoff?.abort();
    return this.#inTurn(async () => {
      await this.#down('stopped');
      await this.#up();
    });
  }

  /** For a second Ctrl-C: kills at once, without queueing or waiting. */
  async killNow(): Promise<void> {
    this.#generation += 1;
    this.#enter('killed');
    this.#backoff?.abort();
    if (this.#child) await this.#signal('SIGKILL');
  }

  #inTurn<T>(command: () => Promise<T>): Promise<T> {
    const result = this.#lane.then(command);
    this.#lane = result.catch(() => undefined);
    return result;
  }

  async #up(): Promise<void> {
    if (this.#state === 'frozen') throw new ProcessFailed(`${this.name} is frozen: thaw it`);
    if (this.#state === 'stopped' || this.#state === 'killed') {
      this.#failedStarts = 0;
      this.#backoffMs = FIRST_BACKOFF_MS;
      await this.#spawn();
    }
    await this.#untilReady();
  }

  async #down(final: 'stopped' | 'killed'): Promise<void> {
    this.#generation += 1;
    const child = this.#child;
    if (child) {
      const frozen = this.#state === 'frozen';
      this.#enter(final === 'killed' ? 'killed' : 'stopping');
      if (final === 'killed') {
        await this.#signal('SIGKILL');
      } else {
        if (frozen) await this.#signal('SIGCONT');
        child.kill(this.spec.stopSignal);
        const limit = new AbortController();
        const overdue = sleep(this.spec.stopTimeoutMs, 'overdue', { signal: limit.signal }).catch(() => 'ended');
        if ((await Promise.race([this.#ended, overdue])) === 'overdue') {
          this.report.say?.(`${this.name} did not stop within ${this.spec.stopTimeoutMs / 1000} s: killed`);
          await this.#signal('SIGKILL');
        } else {
          await this.spec.afterStop?.().catch((error: Error) => this.report.say?.(`${this.name}: ${error.message}`));
        }
        limit.abort();
      }
      await this.#ended;
    }
    this.#enter(final);
  }

  async #spawn(): Promise<void> {
    const generation = ++this.#generation;
    this.#enter('starting');
    let launch: Launch;
    let log: FileHandle;
    try {
      launch = await this.spec.launch();
      log = await this.#openLog();
    } catch (error) {
      if (this.#generation === generation) this.#enter('stopped');
      throw error;
    }
    if (this.#generation !== generation) return log.close();
    const spawnedAt = performance.now();
    // Its own process group: the terminal's Ctrl-C must reach only the supervisor, which stops processes in order.
    const child = spawn('/bin/sh', ['-c', ONCE_RECORDED, launch.command, ...launch.args], {
      env: launch.env,
      cwd: launch.cwd,
      ...launch.user,
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
    });
    child.stdin!.on('error', () => undefined); // it ended before it was recorded
    this.#child = child;
    this.#ended = endOf(child).then((end) => this.#onEnd(end, performance.now() - spawnedAt));
    await log.close();
    if (child.pid === undefined) return;
    const identity = await identify(child.pid).catch(() => undefined);
    if (this.#child !== child) return;
    this.#identity = identity;
    await this.report.changed?.();
    child.stdin!.end('\n');
    void this.#watchReadiness(child);
  }

  async #onEnd({ code, signal, why }: End, livedMs: number): Promise<void> {
    const wasReady = this.#state === 'ready';
    this.#child = undefined;
    this.#identity = undefined;
    this.#lastExit = { code, signal, at: new Date().toISOString() };
    if (this.#state === 'starting' || this.#state === 'ready' || this.#state === 'frozen') {
      if (!wasReady) this.#failedStarts += 1;
      if (livedMs > STEADY_AFTER_MS) this.#backoffMs = FIRST_BACKOFF_MS;
      this.#restartLater(`ended (${why ?? (signal ? `by ${signal}` : `code ${code}`)})`);
    }
    await this.report.changed?.();
  }

  #restartLater(because: string): void {
    const delayMs = this.#backoffMs;
    this.#backoffMs = Math.min(delayMs * 2, LAST_BACKOFF_MS);
    this.#enter('waiting to restart');
    this.report.say?.(`${this.name} ${because}; again in ${delayMs / 1000} s. Log: ${this.spec.logFile}`);
    void this.#restartAfter(delayMs);
  }

  async #restartAfter(delayMs: number): Promise<void> {
    const backoff = new AbortController();
    this.#backoff = backoff;
    try {
      await sleep(delayMs, undefined, { signal: backoff.signal });
    } catch {
      return;
    }
    // Not queued: a start that waits for readiness is at the head of the queue, and waits for this restart.
    if (this.#state !== 'waiting to restart') return;
    this.#restarts += 1;
    const generation = this.#generation + 1;
    await this.#spawn().catch((error: Error) => {
      if (this.#generation !== generation) return; // stopped or killed meanwhile
      // The cause, such as a full disk, may be temporary.
      this.#failedStarts += 1;
      this.#restartLater(`could not be started (${error.message})`);
    });
  }

  async #watchReadiness(child: ChildProcess): Promise<void> {
    while (this.#child === child && this.#state === 'starting') {
      const ready = await this.spec.isReady(child.pid!).catch(() => false);
      if (this.#child !== child || this.#state !== 'starting') return;
      if (ready) {
        if (this.#restarts > 0) this.report.say?.(`${this.name} is ready again`);
        this.#failedStarts = 0;
        return this.#enter('ready');
      }
      await sleep(READY_POLL_MS);
    }
  }

  async #untilReady(): Promise<void> {
    const deadline = performance.now() + this.spec.readyTimeoutMs;
    while (this.#state !== 'ready') {
      const remainingMs = deadline - performance.now();
      if (this.#failedStarts >= HOPELESS_STARTS || remainingMs <= 0) {
        throw new ProcessFailed(
          `${this.name} did not become ready: ${await this.#whyNot()}\n${await lastLines(this.spec.logFile, 20)}`,
        );
      }
      if (this.#state !== 'starting' && this.#state !== 'waiting to restart') {
        throw new ProcessFailed(`${this.name} is ${this.#state}`);
      }
      await this.#nextState(remainingMs);
    }
  }

  async #whyNot(): Promise<string> {
    if (this.#failedStarts < HOPELESS_STARTS) return `no answer within ${this.spec.readyTimeoutMs / 1000} s`;
    await this.#down('stopped');
    return `it ended ${HOPELESS_STARTS} times. The end of ${this.spec.logFile}:`;
  }

  async #nextState(limitMs: number): Promise<void> {
    const limit = new AbortController();
    let wake!: () => void;
    const changed = new Promise<void>((resolve) => this.#stateWaiters.add((wake = resolve)));
    await Promise.race([changed, sleep(limitMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
    limit.abort();
    this.#stateWaiters.delete(wake);
  }

  #enter(state: ProcessState): void {
    this.#state = state;
    for (const wake of this.#stateWaiters) wake();
  }

  async #signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): Promise<void> {
    const pid = this.#child?.pid;
    await this.spec.container?.signal(signal);
    // `docker run` ends with its container, unless the image is still being pulled.
    if (pid !== undefined && (!this.spec.container || signal === 'SIGKILL')) await signalTree(pid, signal);
  }

  /** Opens the log, and keeps that of the previous run under `.previous`. */
  async #openLog() {
    await mkdir(dirname(this.spec.logFile), { recursive: true, mode: 0o700 });
    if (!this.#rotated) {
      await rename(this.spec.logFile, this.spec.logFile.replace(/(\.log)?$/, '.previous$1')).catch(() => undefined);
      this.#rotated = true;
    }
    return open(this.spec.logFile, 'a', 0o600);
  }
}

interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Set if the command could not be run. */
  why?: string;
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, why: error.message });
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

export async function lastLines(file: string, count: number): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** Runs a command to its end. @throws ProcessFailed with its output, unless its exit code is 0 */
export async function runToEnd(launch: Launch): Promise<void> {
  const child = spawn(launch.command, launch.args, {
    env: launch.env,
    cwd: launch.cwd,
    ...launch.user,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) {
    throw new ProcessFailed(`${launch.command} ${launch.args.join(' ')} ended (${signal ?? code}):\n${printed.trim()}`);
  }
}
