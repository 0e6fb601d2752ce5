import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { KAFKA_IMAGE, kafkaContainerEnvironment } from '../infra/local/kafka-container.js';

/** Postgres 18 in a container that goes with this process. */
export async function startPostgresContainer(): Promise<{ url: string; container: StartedTestContainer }> {
  const container = await new GenericContainer('postgres:18')
    .withEnvironment({ POSTGRES_USER: 'holdfast', POSTGRES_PASSWORD: 'holdfast', POSTGRES_DB: 'postgres' })
    .withCommand(['postgres', '-cmax_connections=200'])
    .withExposedPorts(5432)
    // Twice: the first time it only initialises its folder.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  const url = `postgres://holdfast:holdfast@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
  return { url, container };
}

/** @param port published on loopback; a broker must know beforehand how its clients will reach it */
export async function startKafkaContainer(port: number): Promise<{ brokers: string; container: StartedTestContainer }> {
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withEnvironment(kafkaContainerEnvironment(port))
    .withExposedPorts({ container: 9092, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(120_000)
    .start();
  return { brokers: `127.0.0.1:${port}`, container };
}
