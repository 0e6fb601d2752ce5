import type { RawRecord } from '#messaging';
import { shardOf } from '#messaging';

export type StoredRecord = Pick<RawRecord, 'headers'> & { readonly key: Buffer; readonly value: Buffer };

/** The partitions assigned to a group member, each with the offset to read from. */
export interface Assignment {
  readonly generation: number;
  readonly places: readonly { readonly topic: string; readonly partition: number; readonly from: number }[];
}

export interface GroupMember {
  /** A rebalance begins: the member commits its processed offsets. */
  onRebalance(): void;
  onAssigned(assignment: Assignment): void;
  /** New records were appended to this partition. */
  onRecords(topic: string, partition: number): void;
}

interface Group {
  generation: number;
  readonly members: GroupMember[];
  topics: readonly string[];
  readonly committed: Map<string, number>;
  readonly owners: Map<string, GroupMember>;
}

const placeOf = (topic: string, partition: number): string => `${topic} ${partition}`;

/** A Kafka of one broker: partition logs and consumer groups. It has no clock; its callers schedule the delays. */
export class Broker {
  readonly #logs = new Map<string, StoredRecord[][]>();
  readonly #groups = new Map<string, Group>();
  isUp = true;

  constructor(
    topics: readonly string[],
    private readonly partitions: number,
  ) {
    for (const topic of topics)
      this.#logs.set(
        topic,
        Array.from({ length: partitions }, () => []),
      );
  }

  get topics(): readonly string[] {
    return [...this.#logs.keys()];
  }

  append(topic: string, record: StoredRecord): void {
    const partition = shardOf(record.key.toString(), this.partitions);
    this.#log(topic, partition).push(record);
    for (const group of this.#groups.values()) group.owners.get(placeOf(topic, partition))?.onRecords(topic, partition);
  }

  read(topic: string, partition: number, from: number, most: number): StoredRecord[] {
    return this.#log(topic, partition).slice(from, from + most);
  }

  end(topic: string, partition: number): number {
    return this.#log(topic, partition).length;
  }

  join(name: string, topics: readonly string[], member: GroupMember): void {
    let group = this.#groups.get(name);
    if (!group) {
      group = { generation: 0, members: [], topics, committed: new Map(), owners: new Map() };
      this.#groups.set(name, group);
    }
    group.topics = topics;
    group.members.push(member);
    this.rebalance(name);
  }

  leave(name: string, member: GroupMember): void {
    const group = this.#groups.get(name);
    const place = group?.members.indexOf(member) ?? -1;
    if (place < 0) return;
    group!.members.splice(place, 1);
    this.rebalance(name);
  }

  has(name: string, member: GroupMember): boolean {
    return this.#groups.get(name)?.members.includes(member) ?? false;
  }

  /** Assigns the partitions round-robin, with another first member in each generation. */
  rebalance(name: string): void {
    const group = this.#groups.get(name);
    if (!group) return;
    for (const member of group.members) member.onRebalance();
    group.generation++;
    group.owners.clear();
    if (group.members.length === 0) return;
    const shares = new Map<GroupMember, { topic: string; partition: number; from: number }[]>(
      group.members.map((member) => [member, []]),
    );
    let turn = group.generation;
    for (const topic of group.topics) {
      for (let partition = 0; partition < this.partitions; partition++) {
        const owner = group.members[turn++ % group.members.length]!;
        const from = group.committed.get(placeOf(topic, partition)) ?? 0;
        group.owners.set(placeOf(topic, partition), owner);
        shares.get(owner)!.push({ topic, partition, from });
      }
    }
    for (const [member, places] of shares) member.onAssigned({ generation: group.generation, places });
  }

  /** False for a stale generation, whose partitions may have another owner by now (fencing by generation). */
  commit(
    name: string,
    generation: number,
    offsets: readonly { topic: string; partition: number; offset: number }[],
  ): boolean {
    const group = this.#groups.get(name);
    if (!group || group.generation !== generation) return false;
    for (const { topic, partition, offset } of offsets) group.committed.set(placeOf(topic, partition), offset);
    return true;
  }

  /** Sum of the group's committed offsets over the topic's partitions. */
  committed(name: string, topic: string): number {
    const offsets = this.#groups.get(name)?.committed;
    const partitions = Array.from({ length: this.partitions }, (_, partition) => placeOf(topic, partition));
    return partitions.reduce((sum, place) => sum + (offsets?.get(place) ?? 0), 0);
  }

  /** Consumer lag: records that the group has not committed yet. */
  lag(name: string): number {
    const group = this.#groups.get(name);
    if (!group) return 0;
    let lag = 0;
    for (const topic of group.topics) {
      for (let partition = 0; partition < this.partitions; partition++) {
        lag += this.end(topic, partition) - (group.committed.get(placeOf(topic, partition)) ?? 0);
      }
    }
    return lag;
  }

  #log(topic: string, partition: number): StoredRecord[] {
    const log = this.#logs.get(topic)?.[partition];
    if (!log) throw new Error(`no such topic: ${topic}`);
    return log;
  }
}
