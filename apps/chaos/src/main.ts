import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { BadOptions, readOptions, USAGE, type Options } from './options.js';
import { RunProgress } from './progress.js';
import { pageOf } from './report/page.js';
import { reportOf, type Report } from './report/report.js';
import { inWords } from './report/words.js';
import { ChaosRun } from './run/chaos-run.js';
import { describeSchedule, planOf, type Plan } from './run/plan.js';
import { addUp, missing } from './sometimes/sometimes.js';

const interrupt = new AbortController();
let interrupted = false;
/** A terminal's Ctrl-C arrives twice, from the terminal and passed on by npm. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!interrupted) console.log('\nInterrupted: putting everything in order, and cleaning up.');
    interrupted = true;
    interrupt.abort(new Error('interrupted'));
  });
}

try {
  const options = readOptions(process.argv.slice(2), () => randomInt(1, 1_000_000));
  if (options.help) console.log(USAGE);
  else process.exitCode = await main(options);
} catch (error) {
  if (error instanceof BadOptions) console.error(`${error.message}\n\n${USAGE}`);
  else if (!interrupted) console.error(error);
  process.exitCode = interrupted ? 130 : 1;
}
if (interrupted) process.exit();

async function main(options: Options): Promise<number> {
  const plans = plansOf(options);
  if (options.scheduleOnly) {
    for (const plan of plans) console.log(`${titleOf(plan)}: ${describeSchedule(plan.schedule)}`);
    return 0;
  }
  const reports: Report[] = [];
  for (const plan of plans) {
    interrupt.signal.throwIfAborted();
    reports.push(await runOne(plan, options));
  }
  const broken = reports.filter(({ holds }) => !holds);
  if (reports.length === 1) return broken.length === 0 ? 0 : 1;

  const unreached = options.scenarios.length > 0 ? [] : missing(addUp(reports.map(({ sometimes }) => sometimes)));
  console.log(
    `\n${reports.length} runs, ${broken.length} broken${broken.map((report) => `\n  ${report.command}`).join('')}`,
  );
  if (unreached.length > 0) console.log(`Never reached: ${unreached.map(({ what }) => what).join('; ')}`);
  return broken.length === 0 && unreached.length === 0 ? 0 : 1;
}

function plansOf({ seed, minutes, runs, kinds, scenarios }: Options): Plan[] {
  if (scenarios.length > 0) return scenarios.map((scenario) => planOf({ seed, minutes, kinds, scenario }));
  return Array.from({ length: runs }, (_, n) => planOf({ seed: seed + n, minutes, kinds }));
}

async function runOne(plan: Plan, options: Options): Promise<Report> {
  console.log(`${titleOf(plan)}\n${plan.story}\n${describeSchedule(plan.schedule)}\n`);
  const watching = new RunProgress(plan.schedule.durationMs);
  const reportDir = resolve(options.out, `${plan.name}-${plan.seed}`);
  const run = await ChaosRun.prepare(plan, reportDir, watching, interrupt.signal);
  let report: Report | undefined;
  try {
    report = reportOf(plan, await run.run(), commandOf(plan, options));
    await writeFile(join(reportDir, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    await writeFile(join(reportDir, 'report.html'), pageOf(report));
    watching.end();
    console.log(`\n${inWords(report)}`);
    console.log(`\nReport: ${relative(process.cwd(), join(reportDir, 'report.html'))}`);
    return report;
  } finally {
    watching.end();
    if ((report?.holds && !options.keep) || interrupted) await run.discard();
    else console.log(`Kept: data and logs in ${run.dataDir}, history in ${reportDir}`);
  }
}

function titleOf({ name, seed }: Plan): string {
  return name === 'random' ? `Seed ${seed}` : `${name}, seed ${seed}`;
}

/** What repeats it. */
function commandOf({ name, seed }: Plan, { minutes }: Options): string {
  const chosen = process.argv.includes('--faults')
    ? ` --faults ${process.argv[process.argv.indexOf('--faults') + 1]}`
    : '';
  return name === 'random'
    ? `npm run chaos -- --seed ${seed} --minutes ${minutes}${chosen}`
    : `npm run chaos -- --scenario ${name} --seed ${seed}`;
}
