import { resolve } from 'node:path';
import { readKafkaConnection } from '../../libs/service/src/kafka-settings.js';
import { SettingsError } from '../../libs/service/src/read-settings.js';
import { CannotStart } from './cannot-start.js';
import { portsFromEnvironment, type Ports } from './ports.js';
import { repositoryRoot } from './repository.js';
import type { RuntimeOptions } from './runtime-options.js';

const runsKafkaAs = ['jvm', 'container'] as const;

/**
 * What `npm start` reads from its environment. A variable that is set to nothing counts as not set.
 *
 * @throws CannotStart naming the variable that cannot be used
 */
export function supervisorSettings(env: NodeJS.ProcessEnv): RuntimeOptions & { ports: Ports } {
  const ports = portsFromEnvironment(env);
  const kafka = runsKafkaAs.find((way) => way === (env.HOLDFAST_KAFKA || 'jvm'));
  if (!kafka) throw new CannotStart(`HOLDFAST_KAFKA=${env.HOLDFAST_KAFKA} is neither jvm nor container`);
  const kafkaPartitions = Number(env.KAFKA_PARTITIONS || 4);
  if (!Number.isInteger(kafkaPartitions) || kafkaPartitions < 1) {
    throw new CannotStart(`KAFKA_PARTITIONS=${env.KAFKA_PARTITIONS} is no number of partitions`);
  }
  if (env.DATABASE_URL && !isUrlOfPostgres(env.DATABASE_URL)) {
    throw new CannotStart('DATABASE_URL is no URL of a Postgres: postgres://user:password@host:5432/postgres');
  }
  if (env.KAFKA_BROKERS && !env.KAFKA_BROKERS.split(',').every((broker) => /^[^\s:]+:\d+$/.test(broker.trim()))) {
    throw new CannotStart(`KAFKA_BROKERS=${env.KAFKA_BROKERS} is no list of host:port, separated by commas`);
  }
  return {
    dataDir: dataFolder(env),
    ports,
    kafka,
    kafkaPartitions,
    ...(env.DATABASE_URL && { databaseUrl: env.DATABASE_URL }),
    ...(env.KAFKA_BROKERS && givenKafka(env)),
  };
}

function givenKafka(env: NodeJS.ProcessEnv): Pick<RuntimeOptions, 'kafkaBrokers' | 'kafkaSecurity'> {
  try {
    const { brokers, ...kafkaSecurity } = readKafkaConnection(env);
    return { kafkaBrokers: brokers.join(','), kafkaSecurity };
  } catch (error) {
    throw error instanceof SettingsError ? new CannotStart(error.problems.join('\n')) : error;
  }
}

/** The folder below which everything is kept. */
export function dataFolder(env: NodeJS.ProcessEnv): string {
  return resolve(repositoryRoot, env.HOLDFAST_DATA_DIR || '.holdfast');
}

function isUrlOfPostgres(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && hostname !== '';
}
