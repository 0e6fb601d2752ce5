// npm run test:counts: writes down how many tests there are, in test/counts.json. `npm test` fails when there are fewer.
import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unprepared, prepare, root, runTillItEnds } from './prepare.mjs';

const file = join(root, 'test', 'counts.json');

/** How many tests each project had when that was last written down: `{ unit, real, system, compose }`. */
export const readCounts = async () => JSON.parse(await readFile(file, 'utf8'));

/**
 * @param {string} project
 * @param {number} count how many tests it has
 * @param {Record<string, number>} counts what was written down
 * @returns {{ fails: boolean, line?: string }} and what to say
 */
export function compareCount(project, count, counts) {
  const least = counts[project];
  if (count < least)
    return {
      fails: true,
      line: `FAIL count ${project}: ${count} tests, and ${least} are written down in test/counts.json. If some went away on purpose: npm run test:counts`,
    };
  if (count === least) return { fails: false };
  return { fails: false, line: `${project}: ${count - least} tests more than written down; npm run test:counts` };
}

/** Loads every spec, and runs none of it. */
async function countTests(project, folder, env) {
  const report = join(folder, `${project}.json`);
  const none = ['--testNamePattern', '^no test is called so$', '--passWithNoTests', '--silent'];
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', project, ...none];
  const code = await runTillItEnds('node', [...jest, '--json', `--outputFile=${report}`], { env });
  const { numTotalTests, numRuntimeErrorTestSuites } = JSON.parse(await readFile(report, 'utf8'));
  if (code !== 0 || numRuntimeErrorTestSuites > 0) throw new Error(`the specs of ${project} cannot all be loaded`);
  return numTotalTests;
}

async function write() {
  const { env } = await prepare({ say: (line) => console.log(`${line} …`) });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-counts-'));
  try {
    const counts = {};
    for (const project of ['unit', 'real', 'system', 'compose']) {
      counts[project] = await countTests(project, folder, {
        ...env,
        NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
        // Nothing is run, so neither is started.
        TEST_DATABASE_URL: 'postgres://none/',
        TEST_KAFKA_BROKERS: 'none:1',
      });
    }
    await writeFile(file, `${JSON.stringify(counts, null, 2)}\n`);
    console.log(JSON.stringify(counts));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await write().catch((error) => {
    console.error(error instanceof Unprepared ? error.message : error);
    process.exitCode = 1;
  });
}
