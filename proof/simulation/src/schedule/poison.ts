import type { Broker, Random, StoredRecord } from '#virtual-time';

/** Of a record that no program of ours wrote: an operator knows it by this. */
export const POISON = 'poison-';

/** A record that nobody can read, where a topic's next one should be: under the key and the type of one that is there. */
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
