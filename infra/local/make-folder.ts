import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder and its parents. Node's recursive mkdir fails with ENOENT on a read-only disk, which hides the cause.
 *
 * @param make mkdir, for a test to replace
 * @returns false if the folder existed
 */
export async function makeFolder(path: string, make: (path: string) => Promise<unknown> = mkdir): Promise<boolean> {
  if (await isFolder(path)) return false;
  if (dirname(path) !== path) await makeFolder(dirname(path), make);
  try {
    await make(path);
    return true;
  } catch (error) {
    // A concurrent start created it.
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
