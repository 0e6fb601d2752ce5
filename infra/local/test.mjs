// npm test [-- check unit simulation real system]: every check and test, from a clean clone. Its last line counts them.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Interrupted, Unprepared, prepare, root, runTillItEnds } from './prepare.mjs';

const checks = {
  formatting: ['prettier', '--check', '--log-level', 'warn', '.'],
  lint: ['oxlint', '--type-aware'],
  types: ['tsc', '--noEmit'],
  architecture: ['node', 'infra/architecture/check.mjs'],
};
/** Seeds that nobody chose: the first line says which, and a world that breaks says how to see it again. */
const simulated = ['--seconds', '120'];
const projects = { unit: [], real: [], system: ['--runInBand'] };

const chosen = process.argv.slice(2);
const isChosen = (name) => chosen.length === 0 || chosen.includes(name);
const total = { passed: 0, failed: 0 };

try {
  const { env, node } = await prepare({ say: (line) => console.log(`${line} …`) });
  if (isChosen('check')) await runChecks(env);
  if (isChosen('unit')) await runTests('unit', env, node);
  if (isChosen('simulation')) await simulate(env, node);
  for (const project of ['real', 'system']) if (isChosen(project)) await runTests(project, env, node);
} catch (error) {
  console.error(error instanceof Unprepared || error instanceof Interrupted ? error.message : error);
  total.failed += 1;
}
process.exitCode = total.failed === 0 ? 0 : 1;
console.log(`${total.passed} passed, ${total.failed} failed`);

async function runChecks(env) {
  for (const [name, [command, ...args]] of Object.entries(checks)) {
    const code = await runTillItEnds(command, args, { env });
    console.log(`${code === 0 ? 'PASS' : 'FAIL'} check ${name}`);
    total[code === 0 ? 'passed' : 'failed'] += 1;
  }
}

async function simulate(env, node) {
  const args = ['--no-warnings', 'dist/apps/simulation/src/main.js', ...simulated];
  const code = await runTillItEnds(node, args, { env });
  console.log(`${code === 0 ? 'PASS' : 'FAIL'} simulation`);
  total[code === 0 ? 'passed' : 'failed'] += 1;
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
  const { passed, failed } = await countIn(report);
  total.passed += passed;
  // A run that failed without a failed test (its set-up, say) counts as one.
  total.failed += code !== 0 ? Math.max(failed, 1) : failed;
}

/** No report: Jest did not come as far as running anything, or had nothing to run. */
async function countIn(report) {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(text);
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}
