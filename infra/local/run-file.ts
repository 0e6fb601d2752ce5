import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CannotStart } from './cannot-start.js';
import { childEnvironment } from './child-environment.js';
import { NoLocker, tryLock } from './file-lock.js';
import { identify, isAlive, killTree, type ProcessIdentity } from './process-table.js';

interface RunRecord {
  supervisor: ProcessIdentity;
  processes: RunningProcess[];
}

export interface RunningProcess {
  name: string;
  identity: ProcessIdentity;
  /** Removed by name as well, when the process only stands for a container. */
  container?: string;
}

const WRITE_AGAIN_AFTER_MS = 1_000;
const NOTICES_WITHIN_MS = 1_500;
const STOPS_WITHIN_MS = 60_000;

export class AlreadyRunning extends CannotStart {
  override name = 'AlreadyRunning';
}

/**
 * The file that names everything one supervisor has started, and the lock that makes it the only one. The file outlives
 * a supervisor that was killed, so the next one ends what is left of it, and nothing else: a reused pid has another
 * start time. The lock is the kernel's and does not outlive it.
 */
export class RunFile {
  #lane: Promise<unknown> = Promise.resolve();
  #refused = false;
  #again: NodeJS.Timeout | undefined;

  private constructor(
    private readonly file: string,
    private readonly supervisor: ProcessIdentity,
    private readonly lock: FileHandle,
  ) {}

  /**
   * @param onLeftovers told the names of processes about to be ended, when there are any
   * @throws AlreadyRunning while another supervisor holds the lock
   */
  static async claim(file: string, onLeftovers: (names: string[]) => void = () => {}): Promise<RunFile> {
    const supervisor = (await identify(process.pid))!;
    const lockFile = join(dirname(file), 'lock');
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const lock = await lockOnceFree(lockFile);
    try {
      await lock.truncate();
      await lock.appendFile(String(process.pid)); // for whoever is refused
      const record = await read(file);
      // A release without the lock may still be running.
      if (record && (await isAlive(record.supervisor))) {
        throw alreadyRunning(String(record.supervisor.pid));
      }
      await endLeftovers(record?.processes ?? [], onLeftovers);
      const run = new RunFile(file, supervisor, lock);
      await run.update([]);
      return run;
    } catch (error) {
      await lock.close();
      throw error;
    }
  }

  /** Writes are whole, and in order. */
  update(processes: readonly RunningProcess[]): Promise<void> {
    const text = JSON.stringify(
      { supervisor: this.supervisor, processes: [...processes] } satisfies RunRecord,
      null,
      1,
    );
    const written = this.#lane.then(() => this.#replace(text));
    this.#lane = written.catch(() => undefined);
    return written;
  }

  /**
   * Keeps the file at what is running now. While the disk refuses it, that is said once and tried again until it is
   * written: a supervisor must outlive a full disk.
   */
  async follow(running: () => readonly RunningProcess[], say: (line: string) => void): Promise<void> {
    try {
      await this.update(running());
      this.#refused = false;
    } catch (error) {
      if (!this.#refused) say(`${(error as Error).message}: it is tried again until it is written.`);
      this.#refused = true;
      clearTimeout(this.#again);
      this.#again = setTimeout(() => void this.follow(running, say), WRITE_AGAIN_AFTER_MS);
    }
  }

  /** Tells a process that waits for the lock that it will be released. */
  async stopping(): Promise<void> {
    await this.lock.appendFile(' stopping');
  }

  async release(): Promise<void> {
    clearTimeout(this.#again);
    await this.#lane;
    await rm(this.file, { force: true });
    await this.lock.close();
  }

  async #replace(text: string): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 }); // somebody may have removed it
    await writeFile(`${this.file}.new`, text, { mode: 0o600 });
    await rename(`${this.file}.new`, this.file);
  }
}

async function read(file: string): Promise<RunRecord | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RunRecord;
  } catch {
    return undefined; // gone meanwhile, or torn by a crash of the machine: then nothing of it is alive either
  }
}

async function endLeftovers(
  processes: readonly RunningProcess[],
  onLeftovers: (names: string[]) => void,
): Promise<void> {
  const alive: RunningProcess[] = [];
  for (const leftover of processes) if (await isAlive(leftover.identity)) alive.push(leftover);
  const containers = processes.flatMap(({ container }) => (container === undefined ? [] : [container]));
  if (alive.length === 0 && containers.length === 0) return;
  onLeftovers((alive.length > 0 ? alive : processes).map(({ name }) => name));
  for (const { identity } of alive) await killTree(identity.pid);
  for (const container of containers) {
    await promisify(execFile)('docker', ['rm', '--force', container], { env: childEnvironment('docker') });
  }
}

/**
 * A supervisor whose npm was killed notices within half a second and stops in order. A start meanwhile waits for that.
 */
async function lockOnceFree(lockFile: string): Promise<FileHandle> {
  const askedAt = performance.now();
  for (;;) {
    const lock = await tryLock(lockFile, 'a+').catch((error: Error) => {
      throw error instanceof NoLocker ? new CannotStart(error.message) : error;
    });
    if (lock) return lock;
    const [pid = '', stopping] = (await readFile(lockFile, 'utf8').catch(() => '')).split(' ');
    const waitedMs = performance.now() - askedAt;
    if (waitedMs > (stopping === undefined ? NOTICES_WITHIN_MS : STOPS_WITHIN_MS)) throw alreadyRunning(pid);
    await sleep(100);
  }
}

function alreadyRunning(pid: string): AlreadyRunning {
  return new AlreadyRunning(`It runs already${pid && `: pid ${pid}`}. Stop that one first, or use it.`);
}
