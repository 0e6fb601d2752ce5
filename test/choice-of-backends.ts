import { KAFKA_IMAGE } from '../infra/local/kafka-container.js';
import { requireImages, sentenceOf } from './docker-images.js';

export const POSTGRES_IMAGE = 'postgres:18';
/** That of testcontainers, which removes containers whose test was killed. */
const REAPER_IMAGE = 'testcontainers/ryuk:0.14.0';

/** Where the real tests find Postgres and Kafka. */
export interface ChosenBackends {
  readonly inContainers: boolean;
  /** Says what was chosen, and why. */
  readonly line: string;
}

/**
 * Those that are given; else containers where Docker can run them, else the Postgres and Kafka that come with the packages. HOLDFAST_TEST_CONTAINERS=1
 * asks for containers, 0 for none.
 *
 * @param docker resolves if Docker can run both
 * @throws if containers were asked for and Docker cannot run them
 */
export async function chooseBackends(
  environment: NodeJS.ProcessEnv,
  docker: () => Promise<unknown> = dockerHasImages,
): Promise<ChosenBackends> {
  const { HOLDFAST_TEST_CONTAINERS: wanted, TEST_DATABASE_URL, TEST_KAFKA_BROKERS } = environment;
  if (TEST_DATABASE_URL && TEST_KAFKA_BROKERS) {
    return { inContainers: false, line: 'Postgres and Kafka of TEST_DATABASE_URL and TEST_KAFKA_BROKERS' };
  }
  const embedded = 'Postgres and Kafka from the packages';
  if (wanted === '0') return { inContainers: false, line: `${embedded}: HOLDFAST_TEST_CONTAINERS=0` };
  try {
    await docker();
  } catch (error) {
    const why = sentenceOf(error);
    if (wanted === '1')
      throw new Error(`HOLDFAST_TEST_CONTAINERS=1, but Docker cannot run them: ${why}`, { cause: error });
    return { inContainers: false, line: `${embedded}, not in containers: ${why}` };
  }
  return { inContainers: true, line: 'Postgres and Kafka in containers, by testcontainers' };
}

function dockerHasImages(): Promise<void> {
  const { TESTCONTAINERS_RYUK_DISABLED, RYUK_CONTAINER_IMAGE = REAPER_IMAGE } = process.env;
  const reaper = TESTCONTAINERS_RYUK_DISABLED === 'true' ? [] : [RYUK_CONTAINER_IMAGE];
  return requireImages([POSTGRES_IMAGE, KAFKA_IMAGE, ...reaper]);
}
