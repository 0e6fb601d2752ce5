import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { identify, isAlive } from './process-table.js';
import { repositoryRoot } from './repository.js';
import { AlreadyRunning, RunFile } from './run-file.js';

let folder: string;
let file: string;
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-run-'));
  file = join(folder, 'run', 'processes.json');
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

function bystander(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  return child;
}

describe('the run file', () => {
  it('lets the next supervisor end what one that was killed has left running', async () => {
    const supervisor = spawn(
      process.execPath,
      [join(repositoryRoot, 'infra/local/fixtures/runtime-until-killed.mjs'), folder],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
    );
    children.push(supervisor);
    const [printed] = (await once(supervisor.stdout, 'data')) as [Buffer];
    const orphan = (await identify(Number(printed.toString())))!;
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    expect(await isAlive(orphan)).toBe(true);

    const ended: string[] = [];
    const run = await RunFile.claim(file, (names) => ended.push(...names));
    expect(ended).toEqual(['ledger']);
    expect(await isAlive(orphan)).toBe(false);
    await run.release();
  });

  it('spares a process that was given the pid of one that has ended', async () => {
    const child = bystander();
    const identity = (await identify(child.pid!))!;
    const dead = { pid: 2 ** 22 + 1, startedAt: 'before the flood' };
    await (await RunFile.claim(file)).release();
    await writeFile(
      file,
      JSON.stringify({
        supervisor: dead,
        processes: [{ name: 'ledger', identity: { pid: child.pid, startedAt: 'another boot:1' } }],
      }),
    );
    const run = await RunFile.claim(file);
    expect(await isAlive(identity)).toBe(true);
    await run.release();
  });

  it('refuses a second supervisor while the first is alive, and names it', async () => {
    const run = await RunFile.claim(file);
    await expect(RunFile.claim(file)).rejects.toThrow(AlreadyRunning);
    await expect(RunFile.claim(file)).rejects.toThrow(`pid ${process.pid}`);
    await run.release();
    await (await RunFile.claim(file)).release();
  });

  it('gives a stale file to one of three supervisors that start at once, and tells the others', async () => {
    await (await RunFile.claim(file)).release();
    const dead = { pid: 2 ** 22 + 1, startedAt: 'before the flood' };
    await writeFile(file, JSON.stringify({ supervisor: dead, processes: [] }));
    const claims = await Promise.allSettled([1, 2, 3].map(() => RunFile.claim(file)));
    const won = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []));
    const refused = claims.flatMap((claim) => (claim.status === 'rejected' ? [claim.reason as Error] : []));
    expect(won).toHaveLength(1);
    expect(refused.map(({ name }) => name)).toEqual(['AlreadyRunning', 'AlreadyRunning']);
    await won[0]!.release();
  });

  it('waits for a supervisor that is stopping', async () => {
    const run = await RunFile.claim(file);
    await run.stopping();
    const next = RunFile.claim(file);
    // Longer than one that is not stopping is waited for.
    expect(await Promise.race([next, setTimeout(2_000, 'it waits')])).toBe('it waits');
    await run.release();
    await (await next).release();
  });

  it('is written as soon as the disk takes it again, and says once that it did not', async () => {
    const said: string[] = [];
    const run = await RunFile.claim(file);
    await rename(join(folder, 'run'), join(folder, 'away'));
    await writeFile(join(folder, 'run'), 'a file where the folder was');
    const processes = [{ name: 'x', identity: { pid: 1, startedAt: 'y' } }];
    const say = (line: string): void => void said.push(line);
    await run.follow(() => processes, say);
    await run.follow(() => processes, say);
    await rm(join(folder, 'run'));
    await eventually('it is written', () => readFile(file, 'utf8'));
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ processes });
    expect(said).toEqual([expect.stringMatching(/^E.*: it is tried again until it is written\.$/)]);
    await run.release();
  });

  it('takes over from a file that a crash of the machine has torn', async () => {
    await (await RunFile.claim(file)).release();
    await writeFile(file, '{"supervisor":{"pid":');
    const run = await RunFile.claim(file);
    await run.update([{ name: 'x', identity: { pid: 1, startedAt: 'y' } }]);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      supervisor: { pid: process.pid },
      processes: [{ name: 'x' }],
    });
    await run.release();
  });
});
