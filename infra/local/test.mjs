// npm test [-- check unit simulation sabotage real system compose]: every check and test, from a clean clone. Each stage
// prints its time; tests that could not run here are named; the last line counts. With CI=true a test that did not run
// is a failure, except the tests of docker compose where Docker cannot run it.
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { whyNotCompose } from '../../test/compose/why-not-compose.js';
import { compareCount, readCounts } from './test-counts.mjs';
import { Interrupted, Unprepared, prepare, root, runTillItEnds } from './prepare.mjs';

const checks = {
  formatting: ['prettier', '--check', '--log-level', 'warn', '.'],
  lint: ['oxlint', '--type-aware'],
  types: ['npm', 'run', '--silent', 'typecheck'],
  architecture: ['node', 'tools/architecture/check.mjs'],
};
/** Every commit has worlds of its own, the same ones however often it is tested. */
const simulated = ['--seconds', '120', '--seed', `${await seedOfCommit()}`];
/** So many bugs are planted, other ones for each commit: each must break a promise of its own. */
const planted = ['--sample', '6'];
/** Commands of the repository that are a test by themselves: the exit code is the verdict. */
const mains = { simulation: 'dist/proof/simulation/src/main.js', sabotage: 'dist/proof/planted-bugs/main.js' };
/** Unit tests wait for nothing outside: one worker for each core, where Jest would leave one core idle. */
const projects = {
  unit: ['--maxWorkers=100%'],
  real: [],
  system: ['--runInBand'],
  compose: ['--runInBand'],
};

const chosen = process.argv.slice(2);
const isChosen = (name) => chosen.length === 0 || chosen.includes(name);
const total = { passed: 0, failed: 0 };
/** Full names of tests that did not run, for want of a program or of git's history. */
const skipped = [];

try {
  const { env, node } = await prepare({ say: (line) => console.log(`${line} …`) });
  const stages = {
    check: () => runChecks(env),
    unit: () => runTests('unit', env, node),
    simulation: () => runMain('simulation', simulated, env, node),
    sabotage: () => runMain('sabotage', planted, env, node),
    real: () => runTests('real', env, node),
    system: () => runTests('system', env, node),
    compose: () => runComposeTests(env, node),
  };
  for (const [name, stage] of Object.entries(stages)) {
    if (!isChosen(name)) continue;
    const startedAtMs = performance.now();
    await stage();
    console.log(`TIME ${name} ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`);
  }
} catch (error) {
  console.error(error instanceof Unprepared || error instanceof Interrupted ? error.message : error);
  total.failed += 1;
}
for (const name of skipped) console.log(`SKIPPED ${name}`);
if (process.env.CI) total.failed += skipped.length;
process.exitCode = total.failed === 0 ? 0 : 1;
console.log(`${total.passed} passed, ${total.failed} failed`);

/** Not chosen by anyone; without git, always the same. */
async function seedOfCommit() {
  const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: root }).catch(() => ({
    stdout: '0000000',
  }));
  return parseInt(stdout.slice(0, 7), 16);
}

async function runChecks(env) {
  for (const [name, [command, ...args]] of Object.entries(checks)) {
    const code = await runTillItEnds(command, args, { env });
    console.log(`${code === 0 ? 'PASS' : 'FAIL'} check ${name}`);
    total[code === 0 ? 'passed' : 'failed'] += 1;
  }
}

async function runMain(name, options, env, node) {
  const code = await runTillItEnds(node, ['--no-warnings', mains[name], ...options], { env });
  console.log(`${code === 0 ? 'PASS' : 'FAIL'} ${name}`);
  total[code === 0 ? 'passed' : 'failed'] += 1;
}

/** The only tests that CI may leave out: what they look at needs Docker. */
async function runComposeTests(env, node) {
  const why = await whyNotCompose();
  const before = skipped.length;
  await runTests('compose', env, node);
  if (why === undefined) return;
  for (const name of skipped.splice(before)) console.log(`SKIPPED, since Docker cannot run it (${why}): ${name}`);
}

async function runTests(project, env, node) {
  const report = join(root, 'reports', `${project}.json`);
  await mkdir(join(root, 'reports'), { recursive: true });
  await rm(report, { force: true });
  const code = await runTillItEnds(
    node,
    [
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      project,
      '--passWithNoTests',
      '--forceExit',
      '--json',
      `--outputFile=${report}`,
      ...projects[project],
    ],
    { env: { ...env, NODE_OPTIONS: '--experimental-vm-modules --no-warnings' } },
  );
  const { passed, failed, pending, count } = await countIn(report);
  const { fails, line } = compareCount(project, count, await readCounts());
  if (line) console.log(line);
  if (fails) total.failed += 1;
  total.passed += passed;
  skipped.push(...pending);
  // A run that failed without a failed test (its set-up, say) counts as one.
  total.failed += code !== 0 ? Math.max(failed, 1) : failed;
}

/** No report: Jest did not come as far as running anything, or had nothing to run. */
async function countIn(report) {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 0, pending: [], count: 0 };
  const { numPassedTests, numFailedTests, numTotalTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(text);
  return {
    passed: numPassedTests,
    count: numTotalTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    pending: testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'pending' || status === 'todo')
      .map(({ fullName }) => fullName),
  };
}
