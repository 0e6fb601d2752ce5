import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { KAFKA_IMAGE, kafkaContainerEnvironment } from '../infra/local/kafka-container.js';
import { POSTGRES_IMAGE } from './choice-of-backends.js';

/** Starts Postgres 18 in a container, which ends with this process. */
export async function startPostgresContainer(): Promise<{ url: string; container: StartedTestContainer }> {
  const container = await new GenericContainer(POSTGRES_IMAGE)
    .withEnvironment({ POSTGRES_USER: 'holdfast', POSTGRES_PASSWORD: 'holdfast', POSTGRES_DB: 'postgres' })
    .withCommand(['postgres', '-cmax_connections=200'])
    .withExposedPorts(5432)
    // Twice: the first start only initialises the data folder.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  const url = `postgres://holdfast:holdfast@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
  return { url, container };
}

/** @param port published on loopback, fixed in advance because the broker advertises it to its clients */
export async function startKafkaContainer(port: number): Promise<{ brokers: string; container: StartedTestContainer }> {
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withEnvironment(kafkaContainerEnvironment(port))
    .withExposedPorts({ container: 9092, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(120_000)
    .start();
  return { brokers: `127.0.0.1:${port}`, container };
}
