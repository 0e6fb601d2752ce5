import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '#testing';
import type { Urls } from '../../infra/local/instances.js';
import { allFreePorts, portTable } from '../../infra/local/ports.js';
import { cacheFolder, repositoryRoot } from '../../infra/local/repository.js';
import type { Control, Runtime } from '../../infra/local/runtime.js';

const run = promisify(execFile);

/** The commit of the previous version: `test/landed-version.json`, or LANDED_VERSION. */
export async function landedCommit(): Promise<string> {
  if (process.env.LANDED_VERSION) return process.env.LANDED_VERSION;
  const text = await readFile(join(repositoryRoot, 'test', 'landed-version.json'), 'utf8');
  return (JSON.parse(text) as { commit: string }).commit;
}

/** Whether git has the commit. False in a shallow clone, or without git. */
export async function isInThisClone(commit: string): Promise<boolean> {
  return run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: repositoryRoot }).then(
    () => true,
    () => false,
  );
}

/** Builds the commit's sources in a folder of their own, with the installed packages. */
async function build(commit: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const tar = join(folder, '..', `${createHash('sha256').update(commit).digest('hex')}.tar`);
  await run('git', ['archive', '--output', tar, commit], { cwd: repositoryRoot });
  await run('tar', ['-xf', tar, '-C', folder]);
  await symlink(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
  // By its own build script, because its folders may differ.
  await run('npm', ['run', '--silent', 'build'], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } });
}

/**
 * Starts the previous version on a data folder, with its own supervisor.
 *
 * @param folder for its sources and its build
 * @throws if it is not ready in time; its output is in `folder`/supervisor.log
 */
export async function startLandedVersion(
  commit: string,
  { folder, dataDir, env = {} }: { folder: string; dataDir: string; env?: Record<string, string> },
): Promise<Runtime> {
  await build(commit, folder);
  const ports = await allFreePorts();
  const log = openSync(join(folder, 'supervisor.log'), 'a');
  const supervisor = spawn(process.execPath, ['--enable-source-maps', 'dist/infra/local/main.js'], {
    cwd: folder,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      HOLDFAST_KAFKA: 'jvm',
      HOLDFAST_DATA_DIR: dataDir,
      HOLDFAST_CACHE_DIR: cacheFolder, // so that Kafka is not downloaded again
      ...Object.fromEntries(
        Object.entries(portTable).map(([name, { variable }]) => [variable, String(ports[name as keyof typeof ports])]),
      ),
      ...env,
    },
  });
  const runDir = join(dataDir, 'run');
  await eventually(
    'the landed version is ready',
    async () => {
      if (supervisor.exitCode !== null) return true;
      return (await readFile(join(folder, 'supervisor.log'), 'utf8')).includes('Holdfast is ready');
    },
    { timeoutMs: 120_000, everyMs: 100 },
  );
  if (supervisor.exitCode !== null) {
    throw new Error(`the landed version did not start: ${await readFile(join(folder, 'supervisor.log'), 'utf8')}`);
  }
  const ask = await controlOf(runDir);
  const { DATABASE_URL: databaseUrl, KAFKA_BROKERS: kafkaBrokers } = await ask<Record<string, string>>(
    'GET',
    '/environment',
  );
  const command =
    (verb: keyof Control) =>
    (name: string): ReturnType<Control['kill']> =>
      ask('POST', `/processes/${name}/${verb}`);
  return {
    urls: await ask<Urls>('GET', '/urls'),
    ports,
    // The version before may have no login for operators: then this is the administrator's.
    databaseUrl: databaseUrl!,
    operatorsUrl: databaseUrl!,
    kafkaBrokers: kafkaBrokers!,
    kafkaAs: () => {
      throw new Error('the landed version is asked through its API, not through its Kafka');
    },
    logsDir: join(dataDir, 'logs'),
    runDir,
    control: {
      kill: command('kill'),
      freeze: command('freeze'),
      thaw: command('thaw'),
      restart: command('restart'),
      stop: command('stop'),
      start: command('start'),
    },
    processes: () => [],
    stop: () => ended(supervisor, 'SIGTERM'),
    killNow: () => ended(supervisor, 'SIGKILL'),
  };
}

async function controlOf(runDir: string): Promise<<Answer>(method: string, path: string) => Promise<Answer>> {
  const url = await readFile(join(runDir, 'control-url'), 'utf8');
  const token = await readFile(join(runDir, 'control-token'), 'utf8');
  return async <Answer>(method: string, path: string): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
}

async function ended(supervisor: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (supervisor.exitCode !== null || supervisor.signalCode !== null) return;
  const exit = once(supervisor, 'exit');
  supervisor.kill(signal);
  await exit;
}
