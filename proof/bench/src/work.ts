import type { Runtime } from '../../../infra/local/runtime.js';
import { machineBusySeconds, processUse, switchesBetween, type ProcessUse } from './processes.js';
import { serviceCounters, type ServiceCounters } from './service-counters.js';
import { storageWork, type StorageWork } from './storage.js';

/** What the processes did in a span of time, or for one charge of it. */
export interface WorkDone extends StorageWork {
  readonly cpuMicros: Readonly<Record<string, number>>;
  readonly switches: Readonly<Record<string, number>>;
  readonly kafkaRequests: Readonly<Record<string, number>>;
  readonly postgresRoundTrips: Readonly<Record<string, number>>;
}

export interface MeasuredWork {
  readonly work: WorkDone;
  readonly seconds: number;
  /** Cores that processes outside the bench kept busy. */
  readonly othersBusyShare: number;
}

interface ProcessReading {
  readonly atMs: number;
  readonly busySeconds: number;
  readonly own: NodeJS.CpuUsage;
  readonly processes: Readonly<Record<string, ProcessUse>>;
}

/** Runs `task` and measures what all processes do meanwhile. */
export async function measureWork<T>(
  runtime: Pick<Runtime, 'processes' | 'urls' | 'databaseUrl'>,
  task: () => Promise<T>,
): Promise<{ result: T } & MeasuredWork> {
  const pids = Object.fromEntries(
    runtime.processes().flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid]])),
  );
  const readProcesses = async (): Promise<ProcessReading> => ({
    processes: await processUse(pids),
    busySeconds: await machineBusySeconds(),
    own: process.cpuUsage(),
    atMs: performance.now(),
  });
  const readCounters = async (): Promise<{ counters: ServiceCounters; stored: StorageWork }> => ({
    counters: await serviceCounters(runtime.urls.admin),
    stored: await storageWork(runtime.databaseUrl),
  });
  // Reading the counters is work of the processes, which must not count.
  const before = { ...(await readCounters()), ...(await readProcesses()) };
  const result = await task();
  const after = { ...(await readProcesses()), ...(await readCounters()) };

  const seconds = (after.atMs - before.atMs) / 1_000;
  const names = Object.keys(pids);
  const used = (between: (before: ProcessUse, after: ProcessUse) => number): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, between(before.processes[name]!, after.processes[name]!)]));
  // Every process is a child of the load generator, whose own use is therefore read from inside.
  const loadGenerator = after.own.user + after.own.system - before.own.user - before.own.system;
  const cpuMicros = {
    ...used((from, to) => (to.cpuSeconds - from.cpuSeconds) * 1e6),
    'load-generator': loadGenerator,
  };
  const ours = total(cpuMicros) / 1e6;
  return {
    result,
    seconds,
    othersBusyShare: Math.max(0, after.busySeconds - before.busySeconds - ours) / seconds,
    work: {
      cpuMicros,
      switches: used(switchesBetween),
      kafkaRequests: difference(before.counters.kafkaRequests, after.counters.kafkaRequests),
      postgresRoundTrips: difference(before.counters.postgresRoundTrips, after.counters.postgresRoundTrips),
      commits: after.stored.commits - before.stored.commits,
      fsyncs: after.stored.fsyncs - before.stored.fsyncs,
      walBytes: after.stored.walBytes - before.stored.walBytes,
    },
  };
}

/** The work for each of `count`: charges, or seconds. */
export function divided(work: WorkDone, count: number): WorkDone {
  const each = (parts: Readonly<Record<string, number>>): Record<string, number> =>
    mapValues(parts, (part) => rounded(part / count));
  return {
    cpuMicros: each(work.cpuMicros),
    switches: each(work.switches),
    kafkaRequests: each(work.kafkaRequests),
    postgresRoundTrips: each(work.postgresRoundTrips),
    commits: rounded(work.commits / count),
    fsyncs: rounded(work.fsyncs / count),
    walBytes: Math.round(work.walBytes / count),
  };
}

export const total = (parts: Readonly<Record<string, number>>): number =>
  Object.values(parts).reduce((sum, part) => sum + part, 0);

/** CPU of all but the load generator. */
export const systemCpuMicros = ({ cpuMicros }: WorkDone): number =>
  total(cpuMicros) - (cpuMicros['load-generator'] ?? 0);

const rounded = (value: number): number => Number(value.toFixed(2));

function difference(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}

function mapValues<From, To>(parts: Readonly<Record<string, From>>, map: (part: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, map(part)]));
}
