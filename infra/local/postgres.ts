import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile, chown } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from './child-environment.js';
import { ManagedProcess, runToEnd, type Launch, type ProcessSpec } from './managed-process.js';
import { endWorkersIn, isZombie, workersIn } from './process-table.js';
import { choosePostgresHome, withPlainInitdb, type PostgresHome } from './postgres-home.js';

export interface PostgresOptions {
  /** Holds the cluster (`postgres/`) and its password; made when missing, kept afterwards. */
  dataDir: string;
  port: number;
  logFile: string;
  /** Over those below. */
  settings?: Readonly<Record<string, string>>;
}

const USER = 'holdfast';

/**
 * Durable as by default (fsync, synchronous_commit, full_page_writes and checksums stay on), sized for a
 * developer's machine. Why each differs from Postgres's own default: docs/configuration.md.
 */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  jit: 'off',
  min_wal_size: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'pglz',
  autovacuum_naptime: '15s',
  autovacuum_vacuum_cost_delay: '1ms',
  log_line_prefix: '%m [%p] %a %d ',
  log_checkpoints: 'off',
  // Details, contexts and statements of errors contain rows, and so payments.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
  timezone: 'UTC',
};

/** @returns a spec to supervise it, and the URL under which it will answer. */
export async function postgresSpec(
  options: PostgresOptions,
): Promise<{ spec: ProcessSpec; url: string; home: PostgresHome }> {
  const home = await choosePostgresHome(join(options.dataDir, 'postgres'));
  const password = await ensurePassword(options.dataDir);
  const spec: ProcessSpec = {
    name: 'postgres',
    logFile: options.logFile,
    readyTimeoutMs: 60_000,
    stopSignal: 'SIGINT', // its fast shutdown: SIGTERM would wait for every client to leave
    stopTimeoutMs: 15_000,
    launch: async () => {
      await ensureCluster(home, password);
      await dropLockOfZombie(home.folder);
      const settings = { ...SETTINGS, ...options.settings, port: String(options.port) };
      return command(home, home.postgres, [
        '-D',
        home.folder,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ]);
    },
    isReady: (pid) => postmasterIsReady(home.folder, pid),
  };
  return { spec, home, url: `postgres://${USER}:${password}@127.0.0.1:${options.port}/postgres?sslmode=disable` };
}

/** Starts a Postgres of its own. `onManaged` gets it before its start. @throws ProcessFailed with the end of its log. */
export async function startPostgres(
  options: PostgresOptions,
  onManaged: (managed: ManagedProcess) => void = () => {},
): Promise<{ url: string; process: ManagedProcess }> {
  const { spec, url } = await postgresSpec(options);
  const managed = new ManagedProcess(spec);
  onManaged(managed);
  await managed.start();
  return { url, process: managed };
}

async function ensureCluster(home: PostgresHome, password: string): Promise<void> {
  // initdb writes this file first and removes the folder when it fails, but cannot when it is killed: hence our own mark.
  const complete = join(home.folder, 'holdfast-initialised');
  if (await exists(complete)) return;
  await endWorkersIn(home.folder, ['initdb', 'postgres']); // of a start that was killed
  await rm(home.folder, { recursive: true, force: true });
  await mkdir(home.folder, { recursive: true, mode: 0o700 });
  const passwordFile = `${home.folder}.initial-password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (home.user) {
    await chown(home.folder, home.user.uid, home.user.gid);
    await chown(passwordFile, home.user.uid, home.user.gid);
  }
  try {
    const options = [
      `--pgdata=${home.folder}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C', // the same order of text on every machine
      '--no-instructions',
    ];
    await withPlainInitdb(home, (initdb) => runToEnd(command(home, initdb, options)));
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(complete, '');
}

/**
 * A killed Postgres whose supervisor was killed too stays a zombie until process 1 collects it, which in a container
 * may be never; Postgres takes the lock file of a zombie for that of a living one. Safe to remove once none of its
 * processes works in the folder.
 */
async function dropLockOfZombie(folder: string): Promise<void> {
  const lock = join(folder, 'postmaster.pid');
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  if (pid > 0 && (await isZombie(pid)) && (await workersIn(folder)).length === 0) await rm(lock);
}

function command(home: PostgresHome, binary: string, args: readonly string[]): Launch {
  return {
    command: binary,
    args,
    cwd: home.folder,
    env: { ...childEnvironment('postgres'), LC_ALL: 'C' },
    ...(home.user ? { user: home.user } : {}),
  };
}

/** Readiness by the eighth line of postmaster.pid, as in pg_ctl. The pid in the first line excludes a stale file. */
async function postmasterIsReady(folder: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/** A random password per data folder. With a known one, any user of the machine could run code as this user. */
async function ensurePassword(dataDir: string): Promise<string> {
  const file = join(dataDir, 'postgres-password');
  await mkdir(dataDir, { recursive: true });
  if (!(await exists(file))) await writeFile(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return (await readFile(file, 'utf8')).trim();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
