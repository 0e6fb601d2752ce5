import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { notEmpty } from '#testing';
import { freePorts } from '../local/free-ports.js';
import type { ManagedProcess } from '../local/managed-process.js';
import { startPostgres } from '../local/postgres.js';
import { repositoryRoot } from '../local/repository.js';

jest.setTimeout(180_000);

const run = promisify(execFile);
const holders = { 'payments-api': 'payments', 'bank-gateway': 'bank_gateway', ledger: 'ledger' };

describe('the program that provisions for containers', () => {
  let folder: string;
  let postgres: { url: string; process: ManagedProcess };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-provision-'));
    await chmod(folder, 0o711); // as root, Postgres runs as another user, who must pass through
    const [port] = (await freePorts(1)) as [number];
    // Of its own: on the tests' server others provision the same databases.
    postgres = await startPostgres({ dataDir: folder, port, logFile: join(folder, 'postgres.log') });
  });
  afterAll(async () => {
    await postgres?.process.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const fileOf = (holder: string): string => join(folder, 'logins', holder, 'database-url');
  const urlOf = (holder: string): Promise<string> => readFile(fileOf(holder), 'utf8');
  async function provision(): Promise<string> {
    const load = ['--no-warnings', '--import', './infra/local/load-typescript.mjs'];
    const { stdout } = await run(process.execPath, [...load, 'infra/docker/provision.ts'], {
      cwd: repositoryRoot,
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: postgres.url,
        LOGINS_DIR: join(folder, 'logins'),
        WHOLE_SERVER: 'true',
      },
    });
    return stdout;
  }
  async function opens(url: string, database: string): Promise<boolean> {
    const client = new Client(Object.assign(new URL(url), { pathname: `/${database}` }).toString());
    return client.connect().then(
      async () => {
        await client.end();
        return true;
      },
      ({ code }: { code: string }) => {
        if (code !== '42501') throw new Error(`refused with ${code}`);
        return false;
      },
    );
  }

  it('writes down a login for each service, which opens the database of that service alone', async () => {
    expect(await provision()).toBe('provisioned payments-api, bank-gateway, ledger\n');
    for (const [holder, own] of notEmpty(Object.entries(holders))) {
      const url = await urlOf(holder);
      for (const database of notEmpty([...Object.values(holders), 'postgres']))
        expect([holder, database, await opens(url, database)]).toEqual([holder, database, database === own]);
    }
    const operators = await urlOf('operators');
    for (const database of notEmpty(Object.values(holders))) expect(await opens(operators, database)).toBe(true);
  });

  it('keeps the passwords when it runs again, in files for their owner alone', async () => {
    const before = await Promise.all(Object.keys(holders).map(urlOf));
    await provision();
    expect(await Promise.all(Object.keys(holders).map(urlOf))).toEqual(before);
    for (const holder of notEmpty([...Object.keys(holders), 'operators'])) {
      expect((await stat(fileOf(holder))).mode & 0o777).toBe(0o600);
      expect((await stat(dirname(fileOf(holder)))).mode & 0o777).toBe(0o700);
    }
  });

  it('leaves the login where the entrypoint of a container finds it', async () => {
    const { stdout } = await run('sh', ['infra/docker/entrypoint.sh', '-p', 'process.env.DATABASE_URL'], {
      cwd: repositoryRoot,
      env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, DATABASE_URL_FILE: fileOf('ledger') },
    });
    expect(stdout.trim()).toBe(await urlOf('ledger'));
  });
});
