import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SeedRange, TaskReport } from './messages.js';

/** Schedules per task: few enough to show progress, enough to make the messages cheap. */
const TASK = 25;

export interface CampaignOptions {
  readonly schedules: number;
  /** Checked before each task. */
  readonly timeIsUp?: (() => boolean) | undefined;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly onProgress: (done: number, failures: TaskReport['failures']) => void;
}

export interface CampaignReport {
  readonly schedules: number;
  readonly events: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly failures: TaskReport['failures'];
}

/** Runs the schedules `seed`, `seed + 1`, … on one thread per core. */
export async function campaign({
  schedules,
  timeIsUp,
  seed,
  threads,
  onProgress,
}: CampaignOptions): Promise<CampaignReport> {
  const counts = new Map<string, number>();
  const failures: TaskReport['failures'][number][] = [];
  let next = 0;
  let done = 0;
  let events = 0;
  const take = (): SeedRange | undefined => {
    if (next >= schedules || timeIsUp?.()) return undefined;
    const count = Math.min(TASK, schedules - next);
    const task = { firstSeed: seed + next, count };
    next += count;
    return task;
  };
  const add = (report: TaskReport): void => {
    done += report.count;
    events += report.events;
    failures.push(...report.failures);
    for (const [name, count] of report.counts) counts.set(name, (counts.get(name) ?? 0) + count);
    onProgress(done, failures);
  };
  const wanted = Math.min(threads ?? availableParallelism(), Math.ceil(schedules / TASK));
  await Promise.all(Array.from({ length: wanted }, () => work(take, add)));
  failures.sort((a, b) => a.seed - b.seed);
  return { schedules: done, events, counts, failures };
}

/** Size of V8's young generation. A world's objects are short-lived, and a larger one copies fewer of them. */
const YOUNG_MB = 96;

function work(take: () => SeedRange | undefined, add: (report: TaskReport) => void): Promise<void> {
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
  const thread = new Worker(new URL('./thread.js', import.meta.url), { resourceLimits });
  return new Promise((resolve, reject) => {
    thread.on('error', reject);
    thread.on('message', (message: TaskReport | 'ready') => {
      if (message !== 'ready') add(message);
      const task = take();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      if (task) thread.postMessage(task);
      else void thread.terminate().then(() => resolve());
    });
  });
}
