import { createHash } from 'node:crypto';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotStart } from './cannot-start.js';
import { childEnvironment } from './child-environment.js';
import { makeFolder } from './make-folder.js';
import { runToEnd } from './managed-process.js';
import { cacheFolder, repositoryRoot } from './repository.js';

/**
 * The folder of Kafka's jars. Maven fetches them if they are missing (about 40 MB, once per machine and clone).
 * @throws CannotStart with Maven's output
 */
export async function ensureKafkaJars(onFetch: () => void = () => {}): Promise<string> {
  const pom = join(repositoryRoot, 'infra', 'kafka', 'pom.xml');
  const version = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheFolder, `kafka-${version}`);
  if (await stat(folder).catch(() => undefined)) return folder;
  onFetch();
  await makeFolder(cacheFolder);
  // Fetched under another name, so that an interrupted fetch is not taken for a complete one.
  const draft = `${folder}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await runToEnd({
    command: 'mvn',
    args: [
      '-q',
      '-B',
      '-f',
      pom,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    ],
    env: childEnvironment('maven'),
  }).catch((error: Error) => {
    throw new CannotStart(
      `Kafka could not be fetched by Maven. Let it reach its repository (MAVEN_OPTS, ~/.m2/settings.xml), set HOLDFAST_KAFKA=container, or set KAFKA_BROKERS to a Kafka of yours.\n${error.message}`,
    );
  });
  await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another run was faster
    await rm(draft, { recursive: true, force: true });
  });
  return folder;
}
