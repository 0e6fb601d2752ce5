import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Node's recursive mkdir says ENOENT on a read-only disk, which hides the cause.
 *
 * @param make what a test replaces
 * @returns false when it was there before
 */
export async function makeFolder(path: string, make: (path: string) => Promise<unknown> = mkdir): Promise<boolean> {
  if (await isFolder(path)) return false;
  if (dirname(path) !== path) await makeFolder(dirname(path), make);
  try {
    await make(path);
    return true;
  } catch (error) {
    // Another start made it meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && (await isFolder(path))) return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
