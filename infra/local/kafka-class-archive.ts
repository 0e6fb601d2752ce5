import { randomUUID } from 'node:crypto';
import { rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ClassArchive {
  /** For the JVM: reads the archive, or writes one at its end. */
  flag: string;
  /** After an orderly end: keeps what was written. */
  keep(): Promise<void>;
}

/**
 * The broker's classes as the JVM maps them (class data sharing): made at the end of the first run, it halves the time
 * and the CPU that each later start needs. Where a JVM cannot make one, an empty file says so and is ignored by it.
 *
 * @param jarsAsGiven the folder of the jars as the JVM is to be told of it
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
