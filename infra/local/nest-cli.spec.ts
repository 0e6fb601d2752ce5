import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { repositoryRoot } from './repository.js';

jest.setTimeout(120_000);

const apps = ['bank-gateway', 'bank-simulator', 'console', 'ledger', 'payments-api'];
/** In the repository, whose packages an app needs to start. */
let folder: string;
beforeAll(async () => {
  const reports = join(repositoryRoot, 'reports');
  await mkdir(reports, { recursive: true });
  folder = await mkdtemp(join(reports, 'nest-cli-'));
  const compilerOptions = { outDir: join(folder, 'dist') };
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(repositoryRoot, 'tsconfig.json'), compilerOptions }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Runs the Nest CLI until it ends or says this. It compiles into a folder of its own, since other tests run the files in dist.
 *
 * @returns what it said
 */
async function nest(words: readonly string[], until?: RegExp): Promise<string> {
  const child = spawn(
    process.execPath,
    [
      join(repositoryRoot, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'),
      ...words,
      '--path',
      relative(repositoryRoot, join(folder, 'tsconfig.json')),
    ],
    // A group of its own, since the CLI does not pass signals on to the app that it starts.
    { cwd: repositoryRoot, env: environment(), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (until?.test(said) && child.exitCode === null) process.kill(-child.pid!, 'SIGTERM');
    });
  await once(child, 'close');
  return said;
}

/** Of the banks alone: the services name what they lack. */
function environment(): NodeJS.ProcessEnv {
  const ports = Object.fromEntries(bankProtocol.bankNames.map((bank) => [`BANK_${bank.toUpperCase()}_PORT`, '0']));
  const PATH = `${join(repositoryRoot, 'node_modules', '.bin')}:${process.env.PATH}`;
  return { PATH, BANKS_DATA_DIR: join(folder, 'banks'), BANKS_ADMIN_PORT: '0', CONSOLE_PORT: '0', ...ports };
}

interface NestCli {
  readonly projects: Readonly<Record<string, { readonly sourceRoot: string; readonly entryFile: string }>>;
}

it('names every app', async () => {
  const { projects } = JSON.parse(await readFile(join(repositoryRoot, 'nest-cli.json'), 'utf8')) as NestCli;
  expect(Object.keys(projects).toSorted()).toEqual(apps);
  expect((await readdir(join(repositoryRoot, 'apps'))).toSorted()).toEqual(apps);
  for (const { sourceRoot, entryFile } of Object.values(projects))
    await access(join(repositoryRoot, sourceRoot, `${entryFile}.ts`));
});

it.each(apps)('builds %s with all that it imports', async (app) => {
  await rm(join(folder, 'dist'), { recursive: true, force: true });
  await nest(['build', app]);
  expect(await readdir(join(folder, 'dist', 'apps', app, 'src'))).toContain('main.js');
  expect(await readdir(join(folder, 'dist', 'libs', 'service', 'src'))).toContain('index.js');
});

/** What is said by those that start without a database. */
const withoutDatabase: Readonly<Record<string, RegExp>> = {
  'bank-simulator': /"admin":"http/,
  console: /"link":"http/,
};

it.each(apps)('starts %s and watches its sources', async (app) => {
  const runs = withoutDatabase[app] ?? /the environment is not usable: .*DATABASE_URL is not set/;
  const said = await nest(['start', app, '--watch'], runs);
  expect(said).toMatch(runs);
  expect(said).toContain('Watching for file changes.');
});
