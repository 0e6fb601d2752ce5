import assert from 'node:assert/strict';
import { fullJitterMs, type Clock, type Instant, type Timer } from '#clock';
import type { Sql } from '#postgres';
import { Snowflake, snowflakeEpoch } from './snowflake.js';
import { WorkerIdRepository } from './worker-id.repository.js';

/** No trusted lease of a worker id: the database was away, or this process frozen. Transient. */
export class NoWorkerIdError extends Error {
  readonly code = 'no_worker_id';
  override readonly name = 'NoWorkerIdError';
}

export interface WorkerIdLeaseOptions {
  database: Sql & { isTransient(error: unknown): boolean };
  /** The process's name for operators. */
  holder: string;
  clock: Clock;
  /** Default 10 s. */
  ttlMs?: number;
  /** Default 3 s. */
  renewEveryMs?: number;
  /** Default 2 s. */
  trustMarginMs?: number;
}

/** A leased worker id, with the end of its trust and the highest time of its ids. */
interface Held {
  workerId: number;
  snowflake: Snowflake;
  trustedUntilMs: number;
  ceilingMs: Instant;
}

/** How far ids may run ahead of the lease's end, for stepping clocks and borrowed milliseconds. */
const headroomMs = 10_000;

/**
 * Snowflake numbers under a leased worker id. The database stores an upper bound of issued times in advance, so that a
 * successor starts above it. Issues nothing while the lease is not trusted.
 */
export class WorkerIdLease {
  readonly #repository: WorkerIdRepository;
  readonly #ttlMs: number;
  #closed = false;
  #held: Held | undefined;
  /** The last issued time under any worker id of this process, so that its ids always ascend. */
  #lastMs: Instant = snowflakeEpoch - 1;
  #renewing: Promise<void> | undefined;
  #timer: Timer | undefined;
  #failures = 0;

  private constructor(private readonly options: WorkerIdLeaseOptions) {
    this.#ttlMs = options.ttlMs ?? 10_000;
    const suffix = Math.floor(options.clock.random() * 2 ** 32).toString(36);
    this.#repository = new WorkerIdRepository(options.database, `${options.holder}#${suffix}`, this.#ttlMs);
  }

  /** Resolves once a worker id is leased, without a limit of time. */
  static async acquire(options: WorkerIdLeaseOptions): Promise<WorkerIdLease> {
    const lease = new WorkerIdLease(options);
    for (let attempt = 1; ; attempt++) {
      await lease.#renewOnce();
      if (lease.#held) return lease;
      const { clock } = options;
      await clock.sleep(fullJitterMs(attempt, { baseMs: 100, capMs: 2_000 }, () => clock.random()));
    }
  }

  get workerId(): number | undefined {
    return this.#held?.workerId;
  }

  /** @throws NoWorkerIdError, IdsExhaustedError (transient) */
  next(): bigint {
    const held = this.#held;
    if (!held || this.options.clock.monotonicMs() >= held.trustedUntilMs) {
      throw new NoWorkerIdError('The lease of the worker id cannot be trusted');
    }
    const number = held.snowflake.next();
    if (held.snowflake.lastMs > held.ceilingMs) {
      // The wall clock stepped ahead. Discard the number: the database must store the new bound first.
      void this.#renewOnce();
      throw new NoWorkerIdError('The clock is ahead of what was announced for this worker id');
    }
    this.#lastMs = held.snowflake.lastMs;
    return number;
  }

  /** Releases the worker id. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#renewing;
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    try {
      await this.#repository.release(held.workerId, held.snowflake.lastMs);
    } catch (error) {
      // It expires.
      if (!this.options.database.isTransient(error)) throw error;
    }
  }

  #renewOnce(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#renewing ??= this.#renewAndSchedule().finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #renewAndSchedule(): Promise<void> {
    const { clock, database, renewEveryMs = 3_000 } = this.options;
    this.#timer?.cancel();
    try {
      if (!(await this.#renew())) await this.#take();
      this.#failures = 0;
    } catch (error) {
      if (!database.isTransient(error)) throw error;
      this.#failures++;
    }
    if (this.#closed) return;
    const delayMs = this.#failures
      ? fullJitterMs(this.#failures, { baseMs: 200, capMs: renewEveryMs }, () => clock.random())
      : renewEveryMs;
    this.#timer = clock.after(delayMs, () => void this.#renewOnce());
  }

  async #renew(): Promise<boolean> {
    const held = this.#held;
    if (!held) return false;
    const asked = this.#ask(held.snowflake.lastMs);
    if (!(await this.#repository.renew(held.workerId, asked.ceilingMs))) {
      this.#held = undefined;
      return false;
    }
    this.#held = { ...held, ...asked };
    return true;
  }

  async #take(): Promise<void> {
    const asked = this.#ask(this.#lastMs);
    const taken = await this.#repository.take(asked.ceilingMs);
    if (!taken) return;
    const after = Math.max(taken.previousMs, this.#lastMs);
    const snowflake = new Snowflake({ workerId: taken.id, clock: this.options.clock, after });
    this.#held = { workerId: taken.id, snowflake, ...asked };
  }

  /** The trust and the bound of a lease that is requested now. */
  #ask(lastMs: Instant): Pick<Held, 'trustedUntilMs' | 'ceilingMs'> {
    const { clock, trustMarginMs = 2_000 } = this.options;
    assert(trustMarginMs < this.#ttlMs);
    return {
      trustedUntilMs: clock.monotonicMs() + this.#ttlMs - trustMarginMs,
      ceilingMs: Math.max(lastMs, clock.now()) + this.#ttlMs + headroomMs,
    };
  }
}
