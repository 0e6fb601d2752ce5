import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './make-folder.js';

export interface Folders {
  data: string;
  logs: string;
  run: string;
}

/**
 * Makes the folders of a data folder, for their owner alone whatever the umask: logs, journals, topics and tables hold
 * payments. As root, Postgres runs as another user, who must pass through to its own folder.
 */
export async function makePrivateFolders(dataDir: string, isRoot = process.getuid?.() === 0): Promise<Folders> {
  const passage = isRoot ? 0o711 : 0o700;
  const folders = { data: join(dataDir, 'data'), logs: join(dataDir, 'logs'), run: join(dataDir, 'run') };
  // A folder that was there before may be anybody's, /tmp say: only what is made here is closed.
  if (await makeFolder(dataDir)) await chmod(dataDir, passage);
  await makePrivate(folders.data, passage);
  for (const folder of [folders.logs, folders.run, join(folders.data, 'kafka'), join(folders.data, 'banks')]) {
    await makePrivate(folder, 0o700);
  }
  return folders;
}

async function makePrivate(folder: string, mode: number): Promise<void> {
  await makeFolder(folder);
  await chmod(folder, mode);
}
