import { randomUUID } from 'node:crypto';
import { rename, stat, writeFile } from 'node:fs/promises';

export interface ClassArchive {
  /** For the JVM: reads the archive, or writes one at its end. */
  flag: string;
  /** After an orderly end: keeps what was written. */
  keep(): Promise<void>;
}

/**
 * The broker's classes as the JVM maps them (class data sharing): made at the end of the first run, it halves the time
 * and the CPU that each later start needs. Where a JVM cannot make one, an empty file says so and is ignored by it.
 */
export async function classArchive(jars: string): Promise<ClassArchive> {
  const archive = `${jars}.jsa`;
  if (await stat(archive).catch(() => undefined)) {
    return { flag: `-XX:SharedArchiveFile=${archive}`, keep: async () => {} };
  }
  const draft = `${archive}.${randomUUID()}`;
  return {
    flag: `-XX:ArchiveClassesAtExit=${draft}`,
    keep: () => rename(draft, archive).catch(() => writeFile(archive, '')),
  };
}
