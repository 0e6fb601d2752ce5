// The topics as a program, for containers and for a Kafka of your own:
//   KAFKA_BROKERS=host:port,… [KAFKA_SASL_…] [KAFKA_SSL…] [KAFKA_PARTITIONS=12] node dist/infra/kafka/create-topics.js
import assert from 'node:assert/strict';
import { readKafkaConnection } from '../../libs/service/src/kafka-settings.js';
import { ensureTopics } from './topics.js';

const partitions = Number(process.env.KAFKA_PARTITIONS ?? 12);
assert(Number.isInteger(partitions) && partitions > 0, 'KAFKA_PARTITIONS must be a whole number above 0');

const { created, notes } = await ensureTopics({ ...readKafkaConnection(process.env), partitions });
for (const topic of created) console.log(`created ${topic} with ${partitions} partitions`);
for (const note of notes) console.log(note);
