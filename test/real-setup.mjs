// Starts Postgres and Kafka once for all real tests, unless TEST_DATABASE_URL and TEST_KAFKA_BROKERS are set.
import '../infra/local/load-typescript.mjs';

export default async function setUp() {
  const { startBackends } = await import('./backends.ts');
  globalThis.stopBackends = await startBackends();
}
