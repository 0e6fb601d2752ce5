import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { isAlive, type ProcessIdentity } from './process-table.js';
import { repositoryRoot } from './repository.js';

let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-supervise-'));
  children = [];
});

afterEach(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['infra/local/fixtures/supervisor.mjs', ...args], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      HOLDFAST_DATA_DIR: folder,
      DATABASE_URL: process.env.TEST_DATABASE_URL,
      KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS,
    },
  });
  children.push(child);
  return child;
}

async function isReady(child: ChildProcess): Promise<void> {
  let printed = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    printed += String(chunk);
    if (printed.includes('is ready after')) return;
  }
  throw new Error(`it ended: ${printed}`);
}

async function ledger(): Promise<ProcessIdentity | undefined> {
  const record = JSON.parse(await readFile(join(folder, 'run', 'processes.json'), 'utf8')) as {
    processes: { identity: ProcessIdentity }[];
  };
  return record.processes[0]?.identity;
}

describe('the supervisor', () => {
  it('restarts what dies when its output has long been closed, and stops in order', async () => {
    const supervisor = start();
    await isReady(supervisor);
    supervisor.stdout!.destroy();
    supervisor.stderr!.destroy();
    const first = (await ledger())!;
    process.kill(first.pid, 'SIGKILL');
    const second = await eventually('another ledger runs', async () => {
      const now = await ledger();
      return now && now.pid !== first.pid && now;
    });
    expect(supervisor.exitCode).toBeNull();
    supervisor.kill('SIGTERM');
    expect(await once(supervisor, 'exit')).toEqual([0, null]);
    expect(await isAlive(second)).toBe(false);
  });

  it('stops everything when whoever started it is gone', async () => {
    const supervisor = start();
    await isReady(supervisor);
    const running = (await ledger())!;
    supervisor.disconnect(); // what the end of start.mjs comes to
    expect(await once(supervisor, 'exit')).toEqual([0, null]);
    expect(await isAlive(running)).toBe(false);
  });

  it('ends everything by one Ctrl-C while it watches the sources', async () => {
    const supervisor = start('--watch');
    await isReady(supervisor);
    const running = (await ledger())!;
    supervisor.kill('SIGINT');
    expect(await once(supervisor, 'exit')).toEqual([0, null]);
    expect(await isAlive(running)).toBe(false);
  });

  it('refuses to be a second one over the same folder, in one sentence', async () => {
    const first = start();
    await isReady(first);
    const second = start();
    let said = '';
    second.stderr!.on('data', (chunk) => (said += String(chunk)));
    await once(second, 'close');
    expect(said).toBe(`\nIt runs already: pid ${first.pid}. Stop that one first, or use it.\n`);
  });
});

describe('what npm start runs', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('learns that npm has ended by %s', async (signal) => {
    const trail = join(folder, 'trail');
    const npm = spawn(process.execPath, ['infra/local/fixtures/npm.mjs'], {
      cwd: repositoryRoot,
      stdio: 'ignore',
      env: { PATH: process.env.PATH, TRAIL: trail },
    });
    await eventually('its child has started', () => readFile(trail, 'utf8'));
    npm.kill(signal);
    await eventually('its child knows', async () => (await readFile(trail, 'utf8')).endsWith('gone\n'));
  });
});
