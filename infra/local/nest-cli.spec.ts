import { execFile } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { repositoryRoot } from './repository.js';

jest.setTimeout(60_000);

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-nest-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface NestCli {
  readonly projects: Readonly<Record<string, { readonly sourceRoot: string; readonly entryFile: string }>>;
}

it('names every app', async () => {
  const { projects } = JSON.parse(await readFile(join(repositoryRoot, 'nest-cli.json'), 'utf8')) as NestCli;
  expect(Object.keys(projects).toSorted()).toEqual((await readdir(join(repositoryRoot, 'apps'))).toSorted());
  for (const { sourceRoot, entryFile } of Object.values(projects))
    await access(join(repositoryRoot, sourceRoot, `${entryFile}.ts`));
});

/** Builds into a folder of its own, since other tests run the files in dist. */
it('builds an app with all that it imports', async () => {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { outDir: join(folder, 'dist') };
  await writeFile(config, JSON.stringify({ extends: join(repositoryRoot, 'tsconfig.json'), compilerOptions }));
  const nest = join(repositoryRoot, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const env = { ...process.env, NODE_OPTIONS: '' };
  await run(process.execPath, [nest, 'build', 'ledger', '--path', relative(repositoryRoot, config)], {
    cwd: repositoryRoot,
    env,
  });
  expect(await readdir(join(folder, 'dist', 'apps', 'ledger', 'src'))).toContain('main.js');
  expect(await readdir(join(folder, 'dist', 'libs', 'service', 'src'))).toContain('index.js');
});
