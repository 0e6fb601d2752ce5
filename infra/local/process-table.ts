import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
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

/** @returns undefined when no process has that pid, or only its unreaped remains do. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  if (process.platform === 'linux') {
    const stat = await readStat(pid);
    if (!stat || stat.state === 'Z') return undefined;
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

/** Whether any process has the folder as its working directory. Only known on Linux. */
export async function isWorkedIn(folder: string): Promise<boolean> {
  const working = (await pidsInProc()).map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined));
  return (await Promise.all(working)).includes(folder);
}

/**
 * Signals a process and all below it, parents first, so that a frozen or killed parent forks no successor.
 * Postgres needs it: each of its backends leads a session of its own, out of reach of a process group's signal.
 */
export async function signalTree(root: number, signal: NodeJS.Signals): Promise<void> {
  const signalled = new Set<number>();
  for (;;) {
    const rows = await listProcesses();
    const tree = [root, ...descendants(rows, root)].filter((pid) => !signalled.has(pid));
    if (tree.length === 0) return;
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
