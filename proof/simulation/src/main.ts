import 'reflect-metadata';
import { sometimesInSimulation } from '#checker';
import { SystemClock } from '#clock';
import { outsidePromises } from '#virtual-time';
import { campaign, type CampaignReport } from './campaign/campaign.js';
import { firstBroken } from './campaign/first-broken.js';
import { brokenBy, definitions, run } from './campaign/one-run.js';
import { tooLittle } from './proof/enough.js';
import { perMinute, CampaignProgress } from './campaign/progress.js';
import { tellFailure } from './campaign/report.js';
import { shrink } from './campaign/shrink.js';
import { countOf, exitCodeOf, missedInWords, reachedInWords, REACHES_ALL_FROM } from './proof/sometimes.js';
import { unusedInWords } from './proof/warnings.js';
import { readOptions, usage, type SimulationOptions } from './options.js';
import { planned } from './schedule/schedule.js';

/** Number of failures that are shown in full. */
const TOLD_MAX = 2;
/** Ctrl-C arrives twice, from the terminal and forwarded by npm. Only a signal after this time counts as a second one. */
const SECOND_AFTER_MS = 500;
/** Counters that are printed in the list of hard states instead. */
const told = new Set(sometimesInSimulation.map(({ id }) => countOf(id)));
const clock = new SystemClock();

try {
  const options = readOptions(process.argv.slice(2), () => Math.floor(clock.random() * 2 ** 31));
  process.exitCode = await perform(options);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}

async function perform(options: SimulationOptions): Promise<number> {
  if (options.help) {
    console.log(usage);
    return 0;
  }
  if (options.schedule !== undefined) return one(options.schedule);
  return options.untilBroken ? untilBroken(options) : many(options);
}

async function one(seed: number): Promise<number> {
  const services = await definitions();
  const outcome = await outsidePromises(() => run(planned(seed), services));
  console.log(outcome.story.toString());
  const broken = brokenBy(outcome);
  console.log(`\nschedule ${seed}: ${broken.length === 0 ? 'every promise held' : `broken: ${broken.join(', ')}`}`);
  return broken.length === 0 ? 0 : 1;
}

async function untilBroken({ schedules, seed, sought }: SimulationOptions): Promise<number> {
  const came = await firstBroken(schedules, seed, sought);
  console.log(JSON.stringify(came));
  return came.first !== null || came.shownBy.length > 0 ? 1 : 0;
}

async function many({ schedules, seconds, seed, threads }: SimulationOptions): Promise<number> {
  const extent = [
    ...(schedules === Infinity ? [] : [`${schedules} schedules`]),
    ...(seconds === undefined ? [] : [`${seconds} s`]),
  ].join(', at most ');
  console.log(`${extent} from seed ${seed}`);
  const startedMs = clock.monotonicMs();
  const progress = new CampaignProgress({ schedules, seconds }, startedMs);
  const onProgress = (done: number, failures: readonly { readonly seed: number }[]): void => {
    const line = progress.line(done, failures, clock.monotonicMs());
    if (line) console.log(line);
  };
  const interruption = listenForInterruption();
  const timeIsUp = (): boolean =>
    interruption.came || (seconds !== undefined && clock.monotonicMs() - startedMs > seconds * 1_000);
  const report = await campaign({ schedules, timeIsUp, seed, threads, onProgress });
  summarize(report, clock.monotonicMs() - startedMs);
  for (const line of missedInWords(report.schedules, report.counts)) console.log(line);
  for (const line of unusedInWords(report.schedules, report.counts)) console.log(line);
  for (const line of tooLittle(report.counts)) console.log(line);
  if (report.failures.length > 0 && !interruption.came) await tell(report);
  const code = exitCodeOf(report);
  return code === 0 && interruption.came ? 130 : code;
}

/** On Ctrl-C the running tasks end and are reported, so that an hour's work is not lost. */
function listenForInterruption(): { readonly came: boolean } {
  let firstMs: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (firstMs !== undefined && clock.monotonicMs() - firstMs > SECOND_AFTER_MS) process.exit(130);
      if (firstMs === undefined) console.log('\nInterrupted: ending what has begun. Ctrl-C again ends it at once.');
      firstMs ??= clock.monotonicMs();
    });
  }
  return {
    get came() {
      return firstMs !== undefined;
    },
  };
}

function summarize({ schedules, events, counts, failures }: CampaignReport, tookMs: number): void {
  console.log(
    `\n${schedules} schedules, ${events} events in ${(tookMs / 1_000).toFixed(1)} s: ${perMinute(schedules, tookMs)} a minute`,
  );
  for (const [name, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (!told.has(name)) console.log(`  ${String(count).padStart(9)}  ${name}`);
  console.log(`reached${schedules < REACHES_ALL_FROM ? '' : ', of which each must be'}:`);
  for (const line of reachedInWords(counts)) console.log(line);
  console.log(failures.length === 0 ? 'every promise held' : `${failures.length} schedules broke something:`);
  const byKind = Map.groupBy(failures, ({ broken }) => broken.join(', '));
  for (const [kind, which] of byKind) {
    console.log(
      `  ${kind}: ${which.length}, such as ${which
        .slice(0, 5)
        .map((failure) => failure.seed)
        .join(', ')}`,
    );
  }
}

async function tell({ failures }: CampaignReport): Promise<void> {
  const services = await definitions();
  const kinds = [...Map.groupBy(failures, ({ broken }) => broken.join()).values()];
  for (const [first] of kinds.slice(0, TOLD_MAX)) {
    const { seed, broken } = first!;
    const told = await outsidePromises(() => {
      const small = shrink(planned(seed), (candidate) =>
        brokenBy(run(candidate, services)).some((each) => broken.includes(each)),
      );
      return tellFailure(run(small, services));
    });
    console.log(`\n${told}`);
  }
}
