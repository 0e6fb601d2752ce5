import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { dummyService } from '../dummy-service.js';
import { repositoryRoot } from '../repository.js';
import { startRuntime, type Runtime } from '../runtime.js';
import { compile } from './compile.js';
import { SourceWatch } from './source-watch.js';

const main = (imported: string): string => `
import { createServer } from 'node:http';
${imported}
createServer((_, response) => response.end(said)).listen(Number(process.env.ADMIN_PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;
const sources = {
  'package.json': JSON.stringify({ type: 'module', imports: { '#*': './dist/libs/*/src/index.js' } }),
  'apps/ledger/src/main.ts': main(
    `import { word } from './word.js';\nimport { usd } from '#money';\nconst said = word + usd;`,
  ),
  'apps/ledger/src/word.ts': `export const word: string = 'one';\n`,
  'apps/bank-gateway/src/main.ts': main(`import { usd } from '#money';\nconst said = String(usd);`),
  'apps/bank-simulator/src/main.ts': main(`const said = 'bank';`),
  'libs/money/src/index.ts': `export * from './money.js';\n`,
  'libs/money/src/money.ts': `export const usd = 1;\n`,
};

/** A repository of its own, so that the one under test stays as it is. */
let root: string;
let runtime: Runtime;
let sourceWatch: SourceWatch;
let said: string[];

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const pids = (): Record<string, number | undefined> =>
  Object.fromEntries(runtime.processes().map(({ name, pid }) => [name, pid]));
const answer = async (name: string): Promise<string> => (await fetch(runtime.urls.admin[name]!)).text();
const isSaid = (pattern: RegExp): Promise<unknown> =>
  eventually(`it says ${pattern}, after ${said.join(' · ')}`, () =>
    Promise.resolve(said.some((line) => pattern.test(line))),
  );

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-watch-'));
  await copyFile(join(repositoryRoot, '.swcrc'), join(root, '.swcrc'));
  for (const [path, text] of Object.entries(sources)) {
    await write(path, text);
    if (path.endsWith('.ts')) await compile(root, path);
  }
  const service = (name: string, port: Parameters<typeof dummyService>[1]) => ({
    ...dummyService(name, port),
    entry: join(root, `dist/apps/${name}/src/main.js`),
  });
  runtime = await startRuntime({
    dataDir: join(root, '.holdfast'),
    ports: 'free',
    services: [
      service('bank-simulator', 'banksAdmin'),
      service('ledger', 'ledgerAdmin'),
      service('bank-gateway', 'gatewayAdmin'),
    ],
    databaseUrl: process.env.TEST_DATABASE_URL!,
    kafkaBrokers: process.env.TEST_KAFKA_BROKERS!,
  });
});

afterAll(async () => {
  await runtime.stop();
  await rm(root, { recursive: true });
});

beforeEach(() => {
  said = [];
  sourceWatch = new SourceWatch({
    root,
    folders: ['apps', 'libs'],
    services: ['bank-simulator', 'ledger', 'bank-gateway'].map((name) => ({
      name,
      source: `apps/${name}/src/main.ts`,
    })),
    restart: (service) => runtime.control.restart(service),
    say: (line) => said.push(line),
  });
});

afterEach(async () => {
  await sourceWatch.close();
});

describe('a watched source', () => {
  it('starts again the one service that imports it, and says how long that took', async () => {
    const before = pids();
    await write('apps/ledger/src/word.ts', `export const word: string = 'two';\n`);
    await isSaid(/^ledger restarted in \d+\.\d s: apps\/ledger\/src\/word\.ts$/);
    expect(await answer('ledger')).toBe('two1');
    expect(pids()).toEqual({ ...before, ledger: expect.any(Number) });
    expect(pids().ledger).not.toBe(before.ledger);
  });

  it('of a library starts again all services that import it, and no other', async () => {
    const before = pids();
    await write('libs/money/src/money.ts', `export const usd = 5;\n`);
    await isSaid(/^ledger restarted/);
    await isSaid(/^bank-gateway restarted/);
    expect([await answer('ledger'), await answer('bank-gateway')]).toEqual(['two5', '5']);
    expect(pids()['bank-simulator']).toBe(before['bank-simulator']);
  });

  it('that does not compile is shown with its place, and what runs goes on until it is mended', async () => {
    const before = pids();
    await write('apps/ledger/src/word.ts', `export const word: string = ;\n`);
    await isSaid(
      /^apps\/ledger\/src\/word\.ts does not compile; what runs goes on:\n[\s\S]*export const word: string = ;\n.*\n +`----$/,
    );
    await write('libs/money/src/money.ts', `export const usd = 7;\n`);
    await isSaid(/^bank-gateway restarted/);
    expect([await answer('ledger'), pids().ledger]).toEqual(['two5', before.ledger]);
    await write('apps/ledger/src/word.ts', `export const word: string = 'three';\n`);
    await isSaid(/^ledger restarted in .* and 1 more$/);
    expect(await answer('ledger')).toBe('three7');
  });

  it('whose import leads nowhere restarts nothing until the file is there', async () => {
    const before = pids();
    await write('apps/ledger/src/word.ts', `export { word } from './words.js';\n`);
    await isSaid(
      /^ledger goes on as it is: apps\/ledger\/src\/word\.ts imports apps\/ledger\/src\/words\.ts, which does not exist$/,
    );
    expect(pids()).toEqual(before);
    await write('apps/ledger/src/words.ts', `export const word = 'four';\n`);
    await isSaid(/^ledger restarted/);
    expect(await answer('ledger')).toBe('four7');
  });

  it('with which a service cannot start is named, and the next change starts it', async () => {
    await write('apps/ledger/src/word.ts', `throw new Error('not today');\nexport const word = '';\n`);
    await isSaid(/^ledger does not start again after a change of apps\/ledger\/src\/word\.ts: [\s\S]*not today/);
    await write('apps/ledger/src/word.ts', `export const word: string = 'five';\n`);
    await isSaid(/^ledger restarted/);
    expect(await answer('ledger')).toBe('five7');
  });

  it('is noticed again and again when an editor replaces it by a rename', async () => {
    for (const word of ['six', 'seven', 'eight']) {
      said.length = 0;
      await write('apps/ledger/src/word.ts~', `export const word: string = '${word}';\n`);
      await rename(join(root, 'apps/ledger/src/word.ts~'), join(root, 'apps/ledger/src/word.ts'));
      await isSaid(/^ledger restarted/);
      expect(await answer('ledger')).toBe(`${word}7`);
    }
  });

  it('is noticed in a folder that was added or replaced', async () => {
    for (const word of ['nine', 'ten']) {
      said.length = 0;
      await rm(join(root, 'apps/ledger/src/words'), { recursive: true, force: true });
      await write('apps/ledger/src/words/latest.ts', `export const word: string = '${word}';\n`);
      await write(
        'apps/ledger/src/word.ts',
        `export { word } from './words/latest.js';\nexport const is = '${word}';\n`,
      );
      await isSaid(/^ledger restarted/);
      await eventually('it runs', async () => (await answer('ledger')) === `${word}7`);
    }
    said.length = 0;
    await write('apps/ledger/src/words/latest.ts', `export const word: string = 'eleven';\n`);
    await isSaid(/^ledger restarted/);
    expect(await answer('ledger')).toBe('eleven7');
  });

  it('in which only a type changed restarts nothing', async () => {
    const before = pids();
    await write(
      'apps/ledger/src/word.ts',
      `export interface Word {}\nexport { word } from './words/latest.js';\nexport const is = 'ten';\n`,
    );
    await write('apps/bank-simulator/src/main.ts', main(`const said = 'other';`));
    await isSaid(/^bank-simulator restarted/);
    expect(said).toHaveLength(1);
    expect(pids().ledger).toBe(before.ledger);
  });

  it('is compiled as the build compiles it', async () => {
    const swc = join(repositoryRoot, 'node_modules/@swc/cli/bin/swc.js');
    await promisify(execFile)(process.execPath, [swc, 'apps', 'libs', '-d', 'built', '--quiet'], { cwd: root });
    for (const path of ['apps/ledger/src/main.js', 'libs/money/src/money.js', 'libs/money/src/money.js.map']) {
      const [built, compiled] = await Promise.all(
        ['built', 'dist'].map((folder) => readFile(join(root, folder, path), 'utf8')),
      );
      expect(compiled).toBe(built);
    }
  });
});
