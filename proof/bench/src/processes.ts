import { readFile, readdir } from 'node:fs/promises';

const TICKS_PER_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** User and system time of the process and of its ended children. */
  readonly ticks: number;
}

/** CPU seconds by process name, with running and ended children (Postgres works in child processes). */
export async function cpuSeconds(roots: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  const stats = await allStats();
  const children = Map.groupBy(stats, ({ parent }) => parent);
  const total = (pid: number): number =>
    (children.get(pid) ?? []).reduce(
      (sum, child) => sum + total(child.pid),
      stats.find((stat) => stat.pid === pid)?.ticks ?? 0,
    );
  return Object.fromEntries(Object.entries(roots).map(([name, pid]) => [name, total(pid) / TICKS_PER_SECOND]));
}

/** Busy seconds of all cores of the machine, to compute the load of other processes. */
export async function machineBusySeconds(): Promise<number> {
  const [, ...fields] = (await readFile('/proc/stat', 'utf8')).split('\n', 1)[0]!.trim().split(/\s+/);
  const [user, nice, system, , , irq, softirq] = fields.map(Number);
  return (user! + nice! + system! + irq! + softirq!) / TICKS_PER_SECOND;
}

async function allStats(): Promise<Stat[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').then(parse, () => undefined)),
  );
  return stats.filter((stat) => stat !== undefined);
}

/** Parses /proc/PID/stat. The name in parentheses may contain spaces. Source: proc_pid_stat(5). */
function parse(text: string): Stat {
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(rest[number - 3]);
  return { pid: Number.parseInt(text, 10), parent: field(4), ticks: field(14) + field(15) + field(16) + field(17) };
}
