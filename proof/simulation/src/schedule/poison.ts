import type { Broker, Random, StoredRecord } from '#virtual-time';

/** Id prefix of poison records. */
export const POISON = 'poison-';

/** An unreadable record with the key and type of an existing one. Undefined if the topic is empty. */
export function poison(broker: Broker, topic: string, partitions: number, random: Random): StoredRecord | undefined {
  const records = Array.from({ length: partitions }, (_, partition) =>
    broker.read(topic, partition, Math.max(0, broker.end(topic, partition) - 1), 1),
  ).flat();
  if (records.length === 0) return undefined;
  const like = random.pick(records);
  const poisoned = {
    key: like.key,
    value: Buffer.from('{'),
    headers: { ...like.headers, ce_id: `${POISON}${random.integer(0, 2 ** 30)}` },
  };
  broker.append(topic, poisoned);
  return poisoned;
}
