import type { FileHandle } from 'node:fs/promises';

/** Nothing here can take a lock. The message is for the user. */
export class NoLocker extends Error {}

/**
 * Locks a file for this process, in the kernel: the lock is given back with the handle, and however the process ends.
 *
 * @param flags with which to open it
 * @returns undefined while another holds the lock
 * @throws NoLocker
 */
export function tryLock(path: string, flags: string): Promise<FileHandle | undefined>;
