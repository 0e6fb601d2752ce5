import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { freePorts } from './free-ports.js';
import { ManagedProcess, ProcessFailed } from './managed-process.js';
import { isAlive } from './process-table.js';
import { repositoryRoot } from './repository.js';

let folder: string;
let started: ManagedProcess[];
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-managed-'));
  started = [];
  said = [];
});

afterEach(async () => {
  await Promise.all(started.map((managed) => managed.killNow()));
  await Promise.all(started.map((managed) => managed.stop()));
  await rm(folder, { recursive: true });
});

async function dummy(
  env: Record<string, string> = {},
  limits: { stopTimeoutMs?: number; changed?: () => Promise<void> } = {},
) {
  const [port] = (await freePorts(1)) as [number];
  const url = `http://127.0.0.1:${port}`;
  const managed = new ManagedProcess(
    {
      name: 'dummy',
      logFile: join(folder, 'dummy.log'),
      launch: async () => ({
        command: process.execPath,
        args: [join(repositoryRoot, 'infra/local/fixtures/service.mjs')],
        env: { ADMIN_PORT: String(port), INSTANCE_ID: 'dummy', ...env },
      }),
      isReady: async () => (await fetch(url, { signal: AbortSignal.timeout(500) })).ok,
      readyTimeoutMs: 20_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: limits.stopTimeoutMs ?? 10_000,
    },
    { say: (line) => said.push(line), ...(limits.changed && { changed: limits.changed }) },
  );
  started.push(managed);
  const answers = async (): Promise<boolean> =>
    fetch(url, { signal: AbortSignal.timeout(300) }).then(
      () => true,
      () => false,
    );
  return { managed, url, answers };
}

describe('a managed process', () => {
  it('is started once it answers', async () => {
    const { managed, answers } = await dummy();
    await managed.start();
    expect(managed.snapshot()).toMatchObject({ state: 'ready', restarts: 0 });
    expect(await answers()).toBe(true);
  });

  it('is restarted after an unexpected end, with a message', async () => {
    const { managed, url } = await dummy();
    await managed.start();
    const firstPid = managed.snapshot().pid;
    await fetch(`${url}/crash`).catch(() => undefined);
    await eventually(
      'it is ready again',
      () => managed.snapshot().restarts === 1 && managed.snapshot().state === 'ready',
    );
    expect(managed.snapshot().pid).not.toBe(firstPid);
    expect(managed.snapshot().lastExit).toMatchObject({ code: 7 });
    expect(said[0]).toMatch(/^dummy ended \(code 7\); again in 0\.5 s\. Log: .*dummy\.log$/);
    expect(said[1]).toBe('dummy is ready again');
  });

  it('stays down after a kill by command until it is started', async () => {
    const { managed, answers } = await dummy();
    await managed.start();
    await managed.kill();
    expect(managed.snapshot()).toMatchObject({ state: 'killed', restarts: 0, lastExit: { signal: 'SIGKILL' } });
    expect(said).toEqual([]);
    expect(await answers()).toBe(false);
    await managed.start();
    expect(await answers()).toBe(true);
  });

  it('is restarted after a kill with restart', async () => {
    const { managed } = await dummy();
    await managed.start();
    const { pid } = managed.snapshot();
    await managed.kill({ restart: true });
    expect(managed.snapshot().state).toBe('ready');
    expect(managed.snapshot().pid).not.toBe(pid);
  });

  it('does not answer while frozen, and answers again once thawed', async () => {
    const { managed, answers } = await dummy();
    await managed.start();
    const { pid } = managed.snapshot();
    await managed.freeze();
    expect(managed.snapshot().state).toBe('frozen');
    expect(await answers()).toBe(false);
    await managed.thaw();
    expect(await answers()).toBe(true);
    expect(managed.snapshot()).toMatchObject({ state: 'ready', pid });
  });

  it('can be stopped in order while frozen', async () => {
    const trail = join(folder, 'trail');
    const { managed } = await dummy({ TRAIL: trail });
    await managed.start();
    await managed.freeze();
    await managed.stop();
    expect(managed.snapshot()).toMatchObject({ state: 'stopped', lastExit: { code: 0 } });
    expect(await readFile(trail, 'utf8')).toBe('dummy started\ndummy stopped\n');
  });

  it('is killed when it does not stop within its time limit', async () => {
    const { managed } = await dummy({ IGNORE_SIGTERM: '1' }, { stopTimeoutMs: 200 });
    await managed.start();
    await managed.stop();
    expect(managed.snapshot()).toMatchObject({ state: 'stopped', lastExit: { signal: 'SIGKILL' } });
    expect(said).toEqual(['dummy did not stop within 0.2 s: killed']);
  });

  it('fails to start with the end of its log', async () => {
    const { managed } = await dummy({ CRASH_AT_START: '1' });
    const failure = await managed.start().catch((error: Error) => error);
    expect(failure).toBeInstanceOf(ProcessFailed);
    expect((failure as Error).message).toContain('dummy did not become ready: it ended 3 times');
    expect((failure as Error).message).toContain('cannot start: the dummy was told so');
    expect(managed.snapshot().state).toBe('stopped');
  });

  it('fails to start with the reason if its command does not exist', async () => {
    const managed = new ManagedProcess({
      name: 'nothing',
      logFile: join(folder, 'nothing.log'),
      launch: async () => ({ command: join(folder, 'no-such-program'), args: [], env: {} }),
      isReady: async () => false,
      readyTimeoutMs: 20_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 1_000,
    });
    await expect(managed.start()).rejects.toThrow('nothing did not become ready: it ended 3 times');
  });

  it('is not spawned if it is killed during the preparation of its launch', async () => {
    let proceed!: () => void;
    const prepared = new Promise<void>((resolve) => (proceed = resolve));
    const managed = new ManagedProcess({
      name: 'late',
      logFile: join(folder, 'late.log'),
      launch: async () => {
        await prepared;
        return { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env: {} };
      },
      isReady: async () => true,
      readyTimeoutMs: 20_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 1_000,
    });
    started.push(managed);
    const start = managed.start();
    await eventually('its launch is being prepared', () => managed.snapshot().state === 'starting');
    await managed.killNow();
    proceed();
    await expect(start).rejects.toThrow('late is killed');
    expect(managed.snapshot().pid).toBeUndefined();
  });

  it('is started once its log can be written again, after any time', async () => {
    const { managed, url } = await dummy();
    await managed.start();
    await rename(folder, `${folder}.away`);
    await writeFile(folder, 'a file where the folder was');
    await fetch(`${url}/crash`).catch(() => undefined);
    await eventually(
      'two restarts failed',
      () => said.filter((line) => line.includes('could not be started')).length > 1,
    );
    await rm(folder);
    await rename(`${folder}.away`, folder);
    await eventually('it is ready again', () => managed.snapshot().state === 'ready', { timeoutMs: 20_000 });
  });

  it('does nothing before it is recorded, so that a killed supervisor leaves no unknown process', async () => {
    const trail = join(folder, 'trail');
    let record!: () => void;
    const recorded = new Promise<void>((resolve) => (record = resolve));
    const { managed } = await dummy({ TRAIL: trail }, { changed: () => recorded });
    const start = managed.start();
    const pid = await eventually('it has a process', () => managed.identity?.pid);
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toMatch(/^\/bin\/sh/);
    record();
    await start;
    expect(managed.identity?.pid).toBe(pid);
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toContain(process.execPath);
  });

  it('writes files that other users cannot read', async () => {
    const trail = join(folder, 'trail');
    const before = process.umask(0);
    try {
      const { managed } = await dummy({ TRAIL: trail });
      await managed.start();
    } finally {
      process.umask(before);
    }
    for (const file of [trail, join(folder, 'dummy.log')]) expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('leaves no process behind when it is stopped', async () => {
    const { managed } = await dummy();
    await managed.start();
    const identity = managed.identity!;
    expect(await isAlive(identity)).toBe(true);
    await managed.stop();
    expect(await isAlive(identity)).toBe(false);
  });

  it('keeps the log of the previous run', async () => {
    const { managed } = await dummy({ CRASH_AT_START: '1' });
    await managed.start().catch(() => undefined);
    const second = await dummy();
    await second.managed.start();
    expect(await readFile(join(folder, 'dummy.previous.log'), 'utf8')).toContain('the dummy was told so');
    expect(await readFile(join(folder, 'dummy.log'), 'utf8')).toBe('');
  });
});
