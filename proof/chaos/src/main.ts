import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { campaignPage } from './campaign/campaign-page.js';
import { campaignInWords } from './campaign/campaign-words.js';
import { campaignOf, campaignRunOf, runWithoutVerdict, type Campaign, type CampaignRun } from './campaign/campaign.js';
import { BadOptions, readOptions, USAGE, type ChaosOptions } from './options.js';
import { RunProgress } from './progress.js';
import { pageOf } from './report/page.js';
import { storiesInHtml } from './report/stories-in-html.js';
import { reportOf, type ChaosReport } from './report/report.js';
import { inWords } from './report/words.js';
import { ChaosRun } from './run/chaos-run.js';
import { describeSchedule, planOf, type RunPlan } from './run/plan.js';
import { faultKinds } from './schedule/fault.js';
import { endingOfCampaign, endingOfRun, endingWithoutVerdict, type RunExit } from './campaign/run-exit.js';

const interrupt = new AbortController();
let interrupted = false;
/** Ctrl-C arrives twice: from the terminal and forwarded by npm. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!interrupted) console.log('\nInterrupted: lifting faults and cleaning up.');
    interrupted = true;
    interrupt.abort(new Error('interrupted'));
  });
}

try {
  const options = readOptions(process.argv.slice(2), () => randomInt(1, 1_000_000));
  if (options.help) console.log(USAGE);
  else end(await main(options));
} catch (error) {
  if (error instanceof BadOptions) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 1;
  } else {
    if (!interrupted) console.error(error);
    end(endingWithoutVerdict(error, interrupted));
  }
}
if (interrupted) process.exit();

function end({ exitCode, sentence }: RunExit): void {
  if (sentence) console.log(`\n${sentence}`);
  process.exitCode = exitCode;
}

async function main(options: ChaosOptions): Promise<RunExit> {
  const plans = plansOf(options);
  if (options.scheduleOnly) {
    for (const plan of plans) console.log(`${titleOf(plan)}: ${describeSchedule(plan.schedule)}`);
    return { exitCode: 0, sentence: '' };
  }
  if (plans.length > 1) return runCampaign(plans, options);
  const { report } = await runOne(plans[0]!, options);
  return endingOfRun(report);
}

/** Continues after a run that is not sound or has no verdict, since the next may show more. */
async function runCampaign(plans: readonly RunPlan[], options: ChaosOptions): Promise<RunExit> {
  const folder = resolve(options.out, `campaign-${plans[0]!.name === 'random' ? options.seed : 'scenarios'}`);
  const beganAt = new Date().toISOString();
  const runs: CampaignRun[] = [];
  const soFar = (): Campaign =>
    campaignOf({
      command: `npm run chaos -- ${campaignArguments(options)}`,
      beganAt,
      planned: plans.length,
      runs,
      mustReachAll: options.scenarios.length === 0 && options.kinds.length === faultKinds.length,
      interrupted,
    });
  await mkdir(folder, { recursive: true });
  for (const [index, plan] of plans.entries()) {
    if (interrupted) break;
    console.log(`${index > 0 ? '\n' : ''}Run ${index + 1} of ${plans.length}`);
    const run = await campaignRun(plan, options, folder);
    if (run) runs.push(run);
    await writeFile(join(folder, 'campaign.json'), `${JSON.stringify(soFar(), null, 2)}\n`);
    await writeFile(join(folder, 'campaign.html'), campaignPage(soFar()));
  }
  console.log(`\n${campaignInWords(soFar())}`);
  console.log(`\nCampaign: ${relative(process.cwd(), join(folder, 'campaign.html'))}`);
  return endingOfCampaign(soFar());
}

/** Makes one run. Undefined if it was interrupted before its verdict. */
async function campaignRun(plan: RunPlan, options: ChaosOptions, folder: string): Promise<CampaignRun | undefined> {
  const beganMs = performance.now();
  const tookMs = (): number => performance.now() - beganMs;
  const about = { title: titleOf(plan), page: relative(folder, join(reportDirOf(plan, options), 'report.html')) };
  try {
    const { report, kept } = await runOne(plan, options);
    return campaignRunOf(report, { ...about, kept, tookMs: tookMs() });
  } catch (error) {
    if (interrupted) return undefined;
    console.error(error);
    const [why, kept] = [`no verdict: ${(error as Error).message}`, reportDirOf(plan, options)];
    return runWithoutVerdict({ ...about, command: commandOf(plan, options), why, kept, tookMs: tookMs() });
  }
}

function plansOf({ seed, minutes, runs, kinds, scenarios }: ChaosOptions): RunPlan[] {
  if (scenarios.length > 0) return scenarios.map((scenario) => planOf({ seed, minutes, kinds, scenario }));
  return Array.from({ length: runs }, (_, n) => planOf({ seed: seed + n, minutes, kinds }));
}

interface Judgement {
  readonly report: ChaosReport;
  /** Folder of its data and logs. Undefined if they were deleted. */
  readonly kept: string | undefined;
}

async function runOne(plan: RunPlan, options: ChaosOptions): Promise<Judgement> {
  console.log(`${titleOf(plan)}\n${plan.story}\n${describeSchedule(plan.schedule)}\n`);
  const watching = new RunProgress(plan.schedule.durationMs);
  const reportDir = reportDirOf(plan, options);
  const run = await ChaosRun.prepare(plan, reportDir, watching, interrupt.signal);
  let report: ChaosReport | undefined;
  const isKept = (): boolean => (report === undefined ? !interrupted : report.failure !== null || options.keep);
  try {
    report = reportOf(plan, await run.run(), commandOf(plan, options));
    await writeFile(join(reportDir, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    await writeFile(join(reportDir, 'report.html'), pageOf(report, await storiesInHtml(report.chargeStories)));
    watching.end();
    console.log(`\n${inWords(report)}`);
    console.log(`\nReport: ${relative(process.cwd(), join(reportDir, 'report.html'))}`);
    return { report, kept: isKept() ? run.dataDir : undefined };
  } finally {
    watching.end();
    if (isKept()) console.log(`Kept: data and logs in ${run.dataDir}, history in ${reportDir}`);
    else await run.discard();
  }
}

function reportDirOf({ name, seed }: RunPlan, { out }: ChaosOptions): string {
  return resolve(out, `${name}-${seed}`);
}

function titleOf({ name, seed }: RunPlan): string {
  return name === 'random' ? `Seed ${seed}` : `${name}, seed ${seed}`;
}

/** The command that repeats the run. */
function commandOf({ name, seed }: RunPlan, { minutes }: ChaosOptions): string {
  return name === 'random'
    ? `npm run chaos -- --seed ${seed} --minutes ${minutes}${chosenFaults()}`
    : `npm run chaos -- --scenario ${name} --seed ${seed}`;
}

function campaignArguments({ seed, minutes, runs, scenarios }: ChaosOptions): string {
  return scenarios.length > 0
    ? `--scenario all --seed ${seed}`
    : `--seed ${seed} --minutes ${minutes} --runs ${runs}${chosenFaults()}`;
}

function chosenFaults(): string {
  const at = process.argv.indexOf('--faults');
  return at < 0 ? '' : ` --faults ${process.argv[at + 1]}`;
}
