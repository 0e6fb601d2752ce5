import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../infra/local/free-ports.js';
import { startKafka } from '../infra/local/kafka.js';
import type { ManagedProcess } from '../infra/local/managed-process.js';
import { startPostgres } from '../infra/local/postgres.js';
import { chooseBackends } from './choice-of-backends.js';
import { endWithThisProcess } from './end-with-this-process.js';

/**
 * Starts Postgres and Kafka, by testcontainers where Docker can run them, else from the packages; says which. Sets
 * TEST_DATABASE_URL and TEST_KAFKA_BROKERS, unless they are set already.
 *
 * @throws if HOLDFAST_TEST_CONTAINERS=1 and Docker cannot run them
 * @returns a function that stops them and removes their data
 */
export async function startBackends(): Promise<() => Promise<void>> {
  const { inContainers, line } = await chooseBackends(process.env);
  process.stdout.write(`${line}\n`);
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  await chmod(folder, 0o711); // under root, Postgres runs as another user, which must be able to enter
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const managed: ManagedProcess[] = [];
  const remember = (each: ManagedProcess): void => void managed.push(each);
  endWithThisProcess(() => managed.map((each) => each.snapshot().pid));
  const [postgresPort, kafkaPort, controllerPort] = (await freePorts(3)) as [number, number, number];
  const postgres = async (): Promise<void> => {
    if (process.env.TEST_DATABASE_URL) return;
    if (inContainers) {
      const { startPostgresContainer } = await import('./containers.js');
      const started = await startPostgresContainer();
      stops.unshift(() => started.container.stop());
      process.env.TEST_DATABASE_URL = started.url;
      return;
    }
    const started = await startPostgres(
      { dataDir: folder, port: postgresPort, logFile: join(folder, 'postgres.log') },
      remember,
    );
    stops.unshift(() => started.process.stop());
    process.env.TEST_DATABASE_URL = started.url;
  };
  const kafka = async (): Promise<void> => {
    if (process.env.TEST_KAFKA_BROKERS) return;
    if (inContainers) {
      const { startKafkaContainer } = await import('./containers.js');
      const started = await startKafkaContainer(kafkaPort);
      stops.unshift(() => started.container.stop());
      process.env.TEST_KAFKA_BROKERS = started.brokers;
      return;
    }
    const started = await startKafka(
      {
        dataDir: folder,
        port: kafkaPort,
        controllerPort,
        logFile: join(folder, 'kafka.log'),
      },
      remember,
    );
    stops.unshift(() => started.process.stop());
    process.env.TEST_KAFKA_BROKERS = started.brokers;
  };
  const stop = async (): Promise<void> => {
    for (const step of stops) await step();
  };
  const started = await Promise.allSettled([postgres(), kafka()]);
  const failed = started.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason as Error;
  }
  return stop;
}
