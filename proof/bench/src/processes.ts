import { readFile, readdir } from 'node:fs/promises';

const TICKS_PER_SECOND = 100;

/** What a process has used since its start. */
export interface ProcessUse {
  /** User and system time, with ended children (Postgres works in child processes). */
  readonly cpuSeconds: number;
  /** Times that a thread has left a core, by itself or not; by thread, since the count of a thread ends with it. */
  readonly switches: ReadonlyMap<string, number>;
}

/** Context switches from one reading to the next, without threads that were in neither. */
export function switchesBetween(before: ProcessUse, after: ProcessUse): number {
  return sum([...after.switches].map(([thread, count]) => count - (before.switches.get(thread) ?? 0)));
}

/** Use by process name, each with its running children. */
export async function processUse(roots: Readonly<Record<string, number>>): Promise<Record<string, ProcessUse>> {
  const stats = await allStats();
  const children = Map.groupBy(stats.values(), ({ parent }) => parent);
  const familyOf = (pid: number): number[] => [
    pid,
    ...(children.get(pid) ?? []).flatMap((child) => familyOf(child.pid)),
  ];
  const entries = Object.entries(roots).map(async ([name, root]): Promise<[string, ProcessUse]> => {
    const pids = familyOf(root);
    const switches = new Map((await Promise.all(pids.map(switchesOf))).flat());
    return [name, { cpuSeconds: sum(pids.map((pid) => stats.get(pid)?.ticks ?? 0)) / TICKS_PER_SECOND, switches }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Resident memory of a process, without children. */
export async function residentBytes(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
}

/** Busy seconds of all cores of the machine, to compute the load of other processes. */
export async function machineBusySeconds(): Promise<number> {
  const [, ...fields] = (await readFile('/proc/stat', 'utf8')).split('\n', 1)[0]!.trim().split(/\s+/);
  const [user, nice, system, , , irq, softirq] = fields.map(Number);
  return (user! + nice! + system! + irq! + softirq!) / TICKS_PER_SECOND;
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

async function allStats(): Promise<Map<number, Stat>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').then(parse, () => undefined)),
  );
  return new Map(stats.filter((stat) => stat !== undefined).map((stat) => [stat.pid, stat]));
}

/** Parses /proc/PID/stat. The name in parentheses may contain spaces. Source: proc_pid_stat(5). */
function parse(text: string): Stat {
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(rest[number - 3]);
  return { pid: Number.parseInt(text, 10), parent: field(4), ticks: field(14) + field(15) + field(16) + field(17) };
}

/** Over all threads: the process's own status counts its first thread alone. */
async function switchesOf(pid: number): Promise<[thread: string, count: number][]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const counts = threads.map(async (thread): Promise<[string, number]> => {
    const status = await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8').catch(() => '');
    const found = status.matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)$/gm);
    return [thread, sum([...found].map(([, count]) => Number(count)))];
  });
  return Promise.all(counts);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
