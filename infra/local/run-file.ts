import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { identify, isAlive, signalTree, type ProcessIdentity } from './process-table.js';

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

export class AlreadyRunning extends Error {
  override name = 'AlreadyRunning';
}

/**
 * The file that names everything one supervisor has started. It outlives a supervisor that was killed, so the next
 * one ends what is left of it, and nothing else: a reused pid has another start time.
 */
export class RunFile {
  #lane: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly supervisor: ProcessIdentity,
  ) {}

  /**
   * @param onLeftovers told the names of processes about to be ended, when there are any
   * @throws AlreadyRunning when the supervisor that the file names is alive
   */
  static async claim(file: string, onLeftovers: (names: string[]) => void = () => {}): Promise<RunFile> {
    await mkdir(dirname(file), { recursive: true });
    const supervisor = (await identify(process.pid))!;
    const own = JSON.stringify({ supervisor, processes: [] } satisfies RunRecord);
    for (;;) {
      try {
        // Exclusive: of two supervisors that start at the same moment one gets it.
        await writeFile(file, own, { flag: 'wx' });
        return new RunFile(file, supervisor);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const record = await read(file);
      if (record && (await isAlive(record.supervisor))) {
        throw new AlreadyRunning(`It runs already: pid ${record.supervisor.pid}. Stop that one first, or use it.`);
      }
      await endLeftovers(record?.processes ?? [], onLeftovers);
      await rm(file, { force: true });
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

  async release(): Promise<void> {
    await this.#lane;
    await rm(this.file, { force: true });
  }

  async #replace(text: string): Promise<void> {
    await writeFile(`${this.file}.new`, text);
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
  for (const { identity } of alive) await signalTree(identity.pid, 'SIGKILL');
  for (const container of containers) await promisify(execFile)('docker', ['rm', '--force', container]);
  for (const deadline = performance.now() + 10_000; ; await sleep(20)) {
    const left = await Promise.all(alive.map(({ identity }) => isAlive(identity)));
    if (!left.includes(true)) return;
    if (performance.now() > deadline)
      throw new Error(`processes of an earlier run do not end: ${alive.map(({ name }) => name).join(', ')}`);
  }
}
