// npm run sabotage [-- NAME …]: breaks a copy of the code on purpose, in each known way, and sees which promise notices.
import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../local/repository.js';
import { isCaught, pageOf, type Caught } from './page.js';
import { sabotages, type Sabotage } from './sabotages.js';
import { scratchOf } from './scratch.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    schedules: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
if (values.write && positionals.length > 0) throw new Error('the page is written of all of them: name none');
const chosen = sabotages.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (chosen.length === 0) throw new Error(`known are: ${sabotages.map(({ name }) => name).join(', ')}`);

const scratch = join(repositoryRoot, '.holdfast', 'sabotage');
await mkdir(scratch, { recursive: true });
const results: Caught[] = [];
for (const sabotage of chosen) {
  const result = await tryOut(sabotage);
  results.push(result);
  console.log(`${sabotage.name.padEnd(40)} ${inWords(result)}`);
}
const page = pageOf(results, Number(values.schedules), Number(values.seed));
if (values.write) await writeFile(join(repositoryRoot, 'docs', 'planted-bugs.md'), page);
process.exitCode = results.every(isCaught) ? 0 : 1;

async function tryOut(sabotage: Sabotage): Promise<Caught> {
  const directory = join(scratch, sabotage.name);
  try {
    await scratchOf(sabotage, directory);
    const said = await outputOf(directory);
    const line = said.trim().split('\n').at(-1) ?? '';
    const { after, broken = [], shownBy = [] } = JSON.parse(line) as Partial<Omit<Caught, 'sabotage'>>;
    return {
      sabotage,
      after: areAllPromises(broken) ? after : undefined,
      broken,
      shownBy: shownBy.filter((regression) => areAllPromises(regression.broken)),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A run that ends otherwise has shown that something is wrong, and not that anybody would have noticed. */
function areAllPromises(broken: readonly string[]): boolean {
  return broken.every((each) => /^A\d+$/.test(each));
}

function outputOf(directory: string): Promise<string> {
  const main = join(directory, 'dist/apps/simulation/src/main.js');
  const args = ['--no-warnings', main, '--until-broken', '--schedules', values.schedules, '--seed', values.seed];
  if (values.threads !== undefined) args.push('--threads', values.threads);
  const child = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(said));
  });
}

function inWords({ after, broken, shownBy }: Caught): string {
  const regressions = shownBy.map(({ name, broken }) => `by ${broken.join(', ')} in ${name}`);
  const drawn = after === undefined ? [] : [`after ${after} by ${broken.join(', ')}`];
  const caught = [...drawn, ...regressions];
  return caught.length === 0 ? ['NOT CAUGHT', ...broken].join(': ') : `caught ${caught.join('; ')}`;
}
