import { randomUUID } from 'node:crypto';
import { rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ClassArchive {
  /** JVM flag that reads the archive, or writes one at exit. */
  flag: string;
  /** Keeps the written archive. Call it after an orderly exit. */
  keep(): Promise<void>;
}

/**
 * Class data sharing for the broker: an archive made at the end of the first run halves the time and CPU of later starts.
 * If the JVM cannot make one, an empty file records that, which the JVM ignores.
 *
 * @param jarsAsGiven the path of the jars' folder as the JVM gets it
 */
export async function classArchive(jars: string, jarsAsGiven: string): Promise<ClassArchive> {
  const name = 'classes.jsa';
  const archive = join(jars, name);
  if (await stat(archive).catch(() => undefined)) {
    return { flag: `-XX:SharedArchiveFile=${jarsAsGiven}/${name}`, keep: async () => {} };
  }
  const draft = `${name}.${randomUUID()}`;
  return {
    flag: `-XX:ArchiveClassesAtExit=${jarsAsGiven}/${draft}`,
    keep: () => rename(join(jars, draft), archive).catch(() => writeFile(archive, '')),
  };
}
