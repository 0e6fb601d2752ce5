import { execFile } from 'node:child_process';
import { readFile, readdir, readlink, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One process, told apart from a later one that was given the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque: two processes with one pid differ in it. */
  startedAt: string;
}

interface Row {
  pid: number;
  parentPid: number;
}

/**
 * @returns undefined when no process has that pid, or only its unreaped remains do: a zombie whose other threads have
 * not ended yet still holds its ports, and is a process
 */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  if (process.platform === 'linux') {
    const stat = await readStat(pid);
    if (!stat || (stat.state === 'Z' && (await threadsOf(pid)) <= 1)) return undefined;
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return { pid, startedAt: `${bootId}:${stat.startTicks}` };
  }
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() === '' ? undefined : { pid, startedAt: stdout.trim() };
  } catch {
    return undefined;
  }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startedAt === identity.startedAt;
}

/** Ended, but not collected by its parent. Only known on Linux. */
export async function isZombie(pid: number): Promise<boolean> {
  return process.platform === 'linux' && (await readStat(pid))?.state === 'Z';
}

/** Processes whose working directory is the folder, by the name of their program. Only known on Linux. */
export async function workersIn(folder: string): Promise<{ pid: number; program: string }[]> {
  if (process.platform !== 'linux') return [];
  const place = await realpath(folder).catch(() => folder);
  const found = (await pidsInProc()).map(async (pid) => {
    if ((await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) !== place) return [];
    const program = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    return [{ pid, program: program.trim() }];
  });
  return (await Promise.all(found)).flat();
}

/** Kills what an earlier run has left at work in the folder under one of these program names, and waits for its end. */
export async function endWorkersIn(folder: string, programs: readonly string[]): Promise<void> {
  const left = (await workersIn(folder)).filter(({ program }) => programs.includes(program));
  for (const { pid } of left) await killTree(pid);
}

/**
 * SIGKILL to a process and all below it. Resolves once the kernel has taken back what they held, ports above all.
 *
 * @throws Error when one of them is still there after 10 s
 */
export async function killTree(root: number): Promise<void> {
  const killed = await signalTree(root, 'SIGKILL');
  for (const deadline = performance.now() + 10_000; ; await sleep(20)) {
    const left = await Promise.all(killed.map(identify));
    if (left.every((each) => each === undefined)) return;
    if (performance.now() > deadline) throw new Error(`process ${root} of an earlier run does not end`);
  }
}

/**
 * Signals a process and all below it, parents first, so that a frozen or killed parent forks no successor.
 * Postgres needs it: each of its backends leads a session of its own, out of reach of a process group's signal.
 *
 * @returns the processes that were signalled
 */
export async function signalTree(root: number, signal: NodeJS.Signals): Promise<number[]> {
  const signalled = new Set<number>();
  for (;;) {
    const rows = await listProcesses();
    const tree = [root, ...descendants(rows, root)].filter((pid) => !signalled.has(pid));
    if (tree.length === 0) return [...signalled];
    for (const pid of tree) {
      signalled.add(pid);
      try {
        process.kill(pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
}

function descendants(rows: readonly Row[], root: number): number[] {
  const children = rows.filter((row) => row.parentPid === root).map((row) => row.pid);
  return children.flatMap((child) => [child, ...descendants(rows, child)]);
}

async function listProcesses(): Promise<Row[]> {
  if (process.platform === 'linux') {
    const rows = await Promise.all(
      (await pidsInProc()).map(async (pid) => {
        const stat = await readStat(pid);
        return stat ? [{ pid, parentPid: stat.parentPid }] : [];
      }),
    );
    return rows.flat();
  }
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parentPid = 0]) => ({ pid, parentPid }));
}

async function threadsOf(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/task`).catch(() => [])).length;
}

async function pidsInProc(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function readStat(pid: number): Promise<{ state: string; parentPid: number; startTicks: string } | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // "pid (name) state ppid …": the name may hold spaces and parentheses, so count from its last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, parentPid: Number(fields[1]), startTicks: fields[19]! };
}
