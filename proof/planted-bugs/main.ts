// npm run sabotage [-- NAME …]: plants each bug in a copy of the code and records which promise it breaks.
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';
import {
  isCaught,
  readMeasurements,
  regressionsOf,
  writeMeasurements,
  type Measurement,
  type Measurements,
} from './measurement.js';
import { readOptions, usage, type SabotageOptions } from './options.js';
import { pageOf } from './page.js';
import type { Sabotage } from './sabotage.js';
import { sabotages } from './sabotages.js';
import { currentCommit, sampleOf, type SampledBug } from './sample.js';
import { tryOut } from './try-out.js';

const PROGRESS_EVERY_MS = 30_000;
const startedMs = performance.now();
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interruption.abort(new Error('Interrupted: the copies of the code are removed.')));

try {
  const known = sabotages.map(({ name }) => name);
  const options = readOptions(process.argv.slice(2), known, availableParallelism());
  process.exitCode = options.help ? help() : await perform(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = interruption.signal.aborted ? 130 : 2;
}

function help(): number {
  console.log(usage);
  return 0;
}

async function perform(options: SabotageOptions): Promise<number> {
  const before = await readMeasurements();
  const chosen = await choose(options, before);
  // Written after each bug, so that Ctrl-C does not lose an hour of results.
  let writing = Promise.resolve();
  const measured = await tryAll(chosen, options.threads, (sofar) => {
    if (options.write) writing = writing.then(() => write({ ...before, ...sofar }));
    return writing;
  });
  const missed = chosen.filter(({ sabotage }) => {
    const measurement = measured[sabotage.name];
    return measurement === undefined || !isCaught(sabotage, measurement);
  });
  const took = `in ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`;
  console.log(
    `${chosen.length - missed.length} of ${chosen.length} planted bugs caught by one of their own promises ${took}`,
  );
  return missed.length === 0 ? 0 : 1;
}

async function choose(
  { names, sample, seed, schedules }: SabotageOptions,
  measured: Measurements,
): Promise<readonly SampledBug[]> {
  if (sample === undefined) {
    const wanted = sabotages.filter(({ name }) => names.length === 0 || names.includes(name));
    return wanted.map((sabotage) => ({ sabotage, extents: [{ seed, schedules }] }));
  }
  const commit = await currentCommit();
  const sampled = sampleOf(sabotages, measured, commit, sample);
  if (sampled.length === 0) throw new Error('no planted bug is measured: run npm run sabotage -- --write');
  console.log(`commit ${commit} selects ${sampled.map(({ sabotage }) => sabotage.name).join(', ')}`);
  return sampled;
}

/** Tries the bugs in order, `threads` at a time, and prints each result. */
async function tryAll(
  chosen: readonly SampledBug[],
  threads: number,
  onMeasured: (sofar: Measurements) => Promise<void>,
): Promise<Measurements> {
  const measured: Record<string, Measurement> = {};
  const waiting = [...chosen];
  const running = new Set<string>();
  let ended = 0;
  const progress = setInterval(() => console.log(`      still running: ${[...running].join(', ')}`), PROGRESS_EVERY_MS);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { name } = next.sabotage;
      const beganMs = performance.now();
      running.add(name);
      const result = await tryUntilCaught(next).catch((error: Error) => error);
      interruption.signal.throwIfAborted();
      running.delete(name);
      ended++;
      if (!(result instanceof Error)) measured[name] = result;
      await onMeasured(measured);
      const line = result instanceof Error ? `FAILED: ${result.message}` : summaryOf(next.sabotage, result);
      const tookS = ((performance.now() - beganMs) / 1_000).toFixed(1);
      console.log(`${`${ended}/${chosen.length}`.padStart(7)} ${name.padEnd(42)} ${line} (${tookS} s)`);
    }
  };
  // All settle, so that every copy is removed before an interruption ends the command.
  const works = await Promise.allSettled(Array.from({ length: threads }, work));
  clearInterval(progress);
  for (const each of works) if (each.status === 'rejected') throw each.reason;
  return measured;
}

async function tryUntilCaught({ sabotage, extents }: SampledBug): Promise<Measurement> {
  let measured: Measurement | undefined;
  for (const extent of extents) {
    measured = await tryOut(sabotage, extent, interruption.signal);
    if (isCaught(sabotage, measured)) break;
  }
  return measured!;
}

function summaryOf(sabotage: Sabotage, measured: Measurement): string {
  const { found, first, seed } = measured;
  if (sabotage.shownBySpec)
    return isCaught(sabotage, measured) ? `caught by ${sabotage.shownBySpec.file}` : 'NOT CAUGHT';
  const regressions = regressionsOf(sabotage, measured).map(({ name, broken }) => `by ${broken.join(', ')} in ${name}`);
  const drawn = found ? [`after ${found.seed - seed + 1} by ${found.broken.join(', ')}`] : [];
  if (drawn.length + regressions.length > 0) return `caught ${[...drawn, ...regressions].join('; ')}`;
  const missed = `NOT CAUGHT by ${sabotage.breaks.join(' or ')}`;
  return first ? `${missed}, but after ${first.seed - seed + 1} by ${first.broken.join(', ')}` : missed;
}

async function write(measured: Measurements): Promise<void> {
  await writeMeasurements(sabotages, measured);
  await writeFile(join(repositoryRoot, 'docs', 'planted-bugs.md'), pageOf(sabotages, measured));
}
