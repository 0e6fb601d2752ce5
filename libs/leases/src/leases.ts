import assert from 'node:assert/strict';
import { fullJitterMs, type Clock, type Instant, type Timer } from '#clock';
import { GroupCommit, type Sql } from '#postgres';
import { NameContender, type Contender, type LeaseHandlers } from './contender.js';
import { LeaseRepository, releasedChannel, type LeaseGrant, type LeaseRow } from './lease.repository.js';
import { shardsOf } from './shard-assignment.js';

/** The part of `Database` (`#postgres`) that leases use. */
export interface LeaseStore extends Sql {
  isTransient(error: unknown): boolean;
  listen(channel: string, onNotify: () => void): Promise<{ close(): Promise<void> }>;
}

export interface LeasesOptions {
  database: LeaseStore;
  /** The process's name for operators. A random suffix distinguishes a restarted process from its predecessor. */
  holder: string;
  clock: Clock;
  /** Default 10 s. */
  ttlMs?: number;
  /** Default 3 s. */
  renewEveryMs?: number;
  /** A holder stops trusting its lease this long before the database expires it. Default 2 s. */
  trustMarginMs?: number;
}

/** Shards of one prefix, shared evenly between their contenders. */
interface ShardGroup {
  prefix: string;
  count: number;
  handlers: (shard: number) => LeaseHandlers;
  mine: Map<number, NameContender>;
  /** Shards whose work is being stopped. */
  leaving: Set<Promise<void>>;
}

/** All leases of one process: one round trip per interval for all names. A release elsewhere starts a round at once. */
export class Leases {
  readonly holder: string;
  readonly #repository: LeaseRepository;
  readonly #contenders = new Set<NameContender>();
  readonly #groups = new Map<string, ShardGroup>();
  readonly #releases: GroupCommit<{ held: LeaseGrant[]; groups: string[] }, void>;
  readonly #ttlMs: number;
  readonly #renewEveryMs: number;
  readonly #trustedForMs: number;
  #listening: Promise<{ close(): Promise<void> } | undefined> | undefined;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #failures = 0;

  constructor(private readonly options: LeasesOptions) {
    const { database, clock } = options;
    this.#ttlMs = options.ttlMs ?? 10_000;
    this.#renewEveryMs = options.renewEveryMs ?? 3_000;
    this.#trustedForMs = this.#ttlMs - (options.trustMarginMs ?? 2_000);
    assert(this.#trustedForMs > this.#renewEveryMs, 'a lease must outlive the interval at which it is renewed');
    this.holder = `${options.holder}#${Math.floor(clock.random() * 2 ** 32).toString(36)}`;
    this.#repository = new LeaseRepository(database);
    this.#releases = new GroupCommit({ run: (releases) => this.#release(releases), maxBatch: 1_000 });
  }

  /** Contends for the name until closed. */
  contend(name: string, handlers: LeaseHandlers): Contender {
    const contender = this.#addContender(name, handlers);
    this.#poke();
    return {
      get lease() {
        return contender.lease;
      },
      close: () => this.#leave(contender),
    };
  }

  /**
   * Contends for an even share of `prefix/0` … `prefix/count-1`: about count/n with n live contenders. Shares are
   * rebalanced when contenders join, leave or crash.
   */
  contendShards(prefix: string, count: number, handlers: (shard: number) => LeaseHandlers): { close(): Promise<void> } {
    assert(!this.#groups.has(prefix), `already contending for the shards of ${prefix}`);
    const group: ShardGroup = { prefix, count, handlers, mine: new Map(), leaving: new Set() };
    this.#groups.set(prefix, group);
    this.#poke();
    return {
      close: async () => {
        if (!this.#groups.delete(prefix)) return;
        await Promise.all([...group.mine.values()].map((contender) => this.#leave(contender)));
        await Promise.all(group.leaving);
        // A round in flight would insert this contender again.
        await this.#running;
        await this.#releases.submit({ held: [], groups: [prefix] });
      },
    };
  }

  /** Every lease in the database, for operators; of those that this process holds, since when (wall time). */
  async all(): Promise<(LeaseRow & { readonly heldSince: Instant | null })[]> {
    const since = new Map([...this.#contenders].map(({ name, heldSince }) => [name, heldSince]));
    const rows = await this.#repository.all();
    return rows.map((row) => ({
      ...row,
      heldSince: row.holder === this.holder ? (since.get(row.name) ?? null) : null,
    }));
  }

  /** Stops all work, then releases all leases. */
  async close(): Promise<void> {
    const groups = [...this.#groups.keys()];
    const leaving = [...this.#groups.values()].flatMap((group) => [...group.leaving]);
    this.#groups.clear();
    await Promise.all([...[...this.#contenders].map((contender) => this.#leave(contender)), ...leaving]);
    this.#closed = true;
    this.#timer?.cancel();
    await this.#running;
    await this.#releases.submit({ held: [], groups });
    await this.#releases.drain();
    await (await this.#listening)?.close();
  }

  #addContender(name: string, handlers: LeaseHandlers): NameContender {
    assert(!this.#closed, 'these leases are closed');
    for (const other of this.#contenders) assert(other.name !== name, `already contending for ${name}`);
    const { clock } = this.options;
    const contender = new NameContender(name, handlers, {
      clock,
      holder: this.holder,
      trustedForMs: this.#trustedForMs,
    });
    this.#contenders.add(contender);
    return contender;
  }

  async #leave(contender: NameContender): Promise<void> {
    const epoch = await contender.leave();
    this.#contenders.delete(contender);
    if (epoch !== undefined) await this.#releases.submit({ held: [{ name: contender.name, epoch }], groups: [] });
  }

  /** A failed release is not retried: the leases expire. */
  async #release(releases: { held: LeaseGrant[]; groups: string[] }[]): Promise<void[]> {
    const held = releases.flatMap((release) => release.held);
    const groups = releases.flatMap((release) => release.groups);
    try {
      await this.#repository.release(this.holder, held, groups);
    } catch (error) {
      if (!this.options.database.isTransient(error)) throw error;
    }
    return releases.map(() => undefined);
  }

  /** Starts a round now, or right after the current one. */
  #poke(): void {
    if (this.#closed) return;
    this.#again = true;
    if (this.#running) return;
    this.#timer?.cancel();
    this.#running = this.#rounds().finally(() => (this.#running = undefined));
  }

  async #rounds(): Promise<void> {
    const { clock, database } = this.options;
    let startedMs = clock.monotonicMs();
    while (this.#again && !this.#closed) {
      this.#again = false;
      startedMs = clock.monotonicMs();
      try {
        await this.#listen();
        await this.#round();
        this.#failures = 0;
      } catch (error) {
        if (!database.isTransient(error)) throw error;
        this.#failures++;
        break;
      }
    }
    if (this.#closed) return;
    const delayMs =
      this.#failures > 0
        ? fullJitterMs(this.#failures, { baseMs: 200, capMs: this.#renewEveryMs }, () => clock.random())
        : this.#renewEveryMs - (clock.monotonicMs() - startedMs);
    this.#timer = clock.after(delayMs, () => this.#poke());
  }

  /** A failure is left to the next round: without LISTEN a process only gets leases an interval later. */
  async #listen(): Promise<void> {
    const { database } = this.options;
    this.#listening ??= database.listen(releasedChannel, () => this.#poke());
    try {
      await this.#listening;
    } catch (error) {
      this.#listening = undefined;
      if (!database.isTransient(error)) throw error;
    }
  }

  async #round(): Promise<void> {
    const { clock } = this.options;
    const held = [...this.#contenders].flatMap((contender) =>
      contender.heldEpoch === undefined ? [] : [{ contender, name: contender.name, epoch: contender.heldEpoch }],
    );
    const wanted = [...this.#contenders].filter(({ waiting }) => waiting);
    const groups = [...this.#groups.keys()];
    if (held.length + wanted.length + groups.length === 0) return;

    const askedMs = clock.monotonicMs();
    const answer = await this.#repository.round({
      holder: this.holder,
      ttlMs: this.#ttlMs,
      held: held.map(({ name, epoch }) => ({ name, epoch })),
      wanted: wanted.map(({ name }) => name),
      groups,
    });
    const epochs = new Map(answer.granted.map(({ name, epoch }) => [name, epoch]));
    for (const { contender, name, epoch } of held) {
      if (!epochs.has(name)) contender.lost();
      else if (!contender.renewed(epoch, askedMs)) this.#giveBack({ name, epoch });
    }
    for (const contender of wanted) {
      const epoch = epochs.get(contender.name);
      if (epoch !== undefined && !contender.granted(epoch, askedMs)) this.#giveBack({ name: contender.name, epoch });
    }
    for (const [prefix, holders] of answer.contenders) this.#share(prefix, holders);
  }

  #giveBack(grant: LeaseGrant): void {
    void this.#releases.submit({ held: [grant], groups: [] });
  }

  /** Leaves shards outside this process's share, and contends for those in it. */
  #share(prefix: string, holders: string[]): void {
    const group = this.#groups.get(prefix);
    if (!group) return;
    const share = new Set(shardsOf(this.holder, holders, group.count));
    for (const [shard, contender] of group.mine) {
      if (share.has(shard)) continue;
      group.mine.delete(shard);
      const leaving = this.#leave(contender).finally(() => group.leaving.delete(leaving));
      group.leaving.add(leaving);
    }
    for (const shard of share) {
      if (group.mine.has(shard)) continue;
      const name = `${prefix}/${shard}`;
      // The shard's work is still being stopped: contend again in a later round.
      if ([...this.#contenders].some((contender) => contender.name === name)) continue;
      group.mine.set(shard, this.#addContender(name, group.handlers(shard)));
      this.#again = true;
    }
  }
}
