// Postgres and Kafka, once for all tests against the real thing: by TEST_DATABASE_URL and TEST_KAFKA_BROKERS.
import '../infra/local/load-typescript.mjs';

export default async function setUp() {
  const { startBackends } = await import('./backends.ts');
  globalThis.stopBackends = await startBackends();
}
