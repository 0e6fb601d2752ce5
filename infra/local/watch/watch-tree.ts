import { readdirSync, watch, type FSWatcher } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * Tells of every file that changes below a folder, by its path from there.
 *
 * One watcher for each folder: on Linux `watch` with `recursive` loses a file that an editor replaces by a rename.
 *
 * @returns what ends it
 */
export function watchTree(root: string, changed: (path: string) => void, failed: (error: Error) => void): () => void {
  const watchers = new Map<string, FSWatcher>();

  const follow = (folder: string): void => {
    const watcher = watch(folder, (event, name) => {
      if (name === null) return;
      const path = join(folder, name);
      changed(relative(root, path));
      if (event === 'rename') forget(path);
      for (const added of foldersIn(folder)) if (!watchers.has(added)) followAdded(added);
    });
    watcher.on('error', failed);
    watchers.set(folder, watcher);
    for (const below of foldersIn(folder)) follow(below);
  };
  /** Files may be in it before it is watched. */
  const followAdded = (folder: string): void => {
    follow(folder);
    for (const { parentPath, name } of entriesOf(folder, true)) changed(relative(root, join(parentPath, name)));
  };
  /** A folder that was replaced by another one of its name is watched anew. */
  const forget = (path: string): void => {
    for (const [folder, watcher] of watchers) {
      if (folder !== path && !folder.startsWith(path + sep)) continue;
      watcher.close();
      watchers.delete(folder);
    }
  };

  follow(root);
  return () => forget(root);
}

const foldersIn = (folder: string): string[] =>
  entriesOf(folder, false)
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));

/** Of a folder that is gone again, none. */
function entriesOf(folder: string, recursive: boolean) {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive });
  } catch {
    return [];
  }
}
