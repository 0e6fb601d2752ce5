// A file lock that the kernel releases however the process ends. Plain JavaScript, because prepare.mjs needs it before
// anything is built.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';

/** Node has no flock(2). These programs lock our open file, which stays locked while we keep it open. */
const LOCKERS = [
  ['flock', ['-x', '-n', '3']], // busybox knows no longer names
  [
    'perl',
    ['-e', 'use Fcntl ":flock"; open(my $file, "<&=3") or exit 2; exit(flock($file, LOCK_EX | LOCK_NB) ? 0 : 1)'],
  ],
];

/** Nothing here can take a lock. The message is for the user. */
export class NoLocker extends Error {}

/**
 * @param {string} path
 * @param {string} flags with which to open it
 * @returns the open file, or undefined while another holds the lock
 * @throws NoLocker
 */
export async function tryLock(path, flags) {
  const file = await open(path, flags, 0o600);
  try {
    if (await isLocked(file.fd)) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

async function isLocked(fd) {
  for (const [program, args] of LOCKERS) {
    const locker = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', fd], env: { PATH: process.env.PATH } });
    const [code] = await once(locker, 'exit').catch(() => []); // not installed: the next one
    if (code === 0) return true;
    if (code === 1) return false;
  }
  throw new NoLocker('Neither flock nor perl can be run: install one of them (flock comes with util-linux).');
}
