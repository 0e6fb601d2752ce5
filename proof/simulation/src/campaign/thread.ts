import 'reflect-metadata';
import assert from 'node:assert/strict';
import { parentPort } from 'node:worker_threads';
import { outsidePromises } from '#virtual-time';
import { planned } from '../schedule/schedule.js';
import type { SeedRange, TaskReport } from './messages.js';
import { brokenBy, definitions, run } from './one-run.js';

assert(parentPort, 'this runs as a thread of a campaign');
const port = parentPort;
// Stack traces cost more than most of the code that throws. A failure is run again with traces.
Error.stackTraceLimit = 0;
const services = await definitions();

port.on('message', (task: SeedRange) => {
  void outsidePromises(() => perform(task)).then((report) => port.postMessage(report));
});
port.postMessage('ready');

function perform({ firstSeed, count }: SeedRange): TaskReport {
  const counts = new Map<string, number>();
  const failures: TaskReport['failures'][number][] = [];
  let events = 0;
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const outcome = run(planned(seed), services);
    events += outcome.events;
    for (const [name, reached] of outcome.counts.byName) counts.set(name, (counts.get(name) ?? 0) + reached);
    const broken = brokenBy(outcome);
    if (broken.length > 0) failures.push({ seed, broken });
  }
  return { count, events, counts: [...counts], failures };
}
