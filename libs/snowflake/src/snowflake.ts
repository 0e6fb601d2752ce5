import assert from 'node:assert/strict';
import type { Clock, Instant } from '#clock';

/** Twitter's layout (2010): 41 bits of milliseconds, 10 of worker, 12 of sequence. */
const workerBits = 10n;
const sequenceBits = 12n;
export const workerCount = 1 << Number(workerBits);
const sequenceCount = 1 << Number(sequenceBits);

/** The lowest number that a generator may make at this time. */
export const firstAt = (ms: Instant): bigint => BigInt(Math.max(0, ms - snowflakeEpoch)) << (workerBits + sequenceBits);

/** 2026-01-01T00:00:00Z. 41 bits reach to 2095. Never to be changed: order by id is order by time. */
export const snowflakeEpoch: Instant = 1_767_225_600_000;

/** Ids are too far ahead of the clock. Transient: they are available again after a short time. */
export class IdsExhaustedError extends Error {
  readonly code = 'ids_exhausted';
  override readonly name = 'IdsExhaustedError';
}

export interface SnowflakeOptions {
  /** 0 to 1023, unique to this generator. */
  workerId: number;
  clock: Pick<Clock, 'now'>;
  /** Every id is later than this. Default: the epoch. */
  after?: Instant;
  /** How far ids may run ahead of the latest wall time. Default 10 s, which is 40 million ids. */
  maxDriftMs?: number;
}

/**
 * Unique, ascending 64-bit ids without I/O. If the wall clock steps back, or a millisecond's 4096 ids are used up, it
 * borrows the following milliseconds.
 */
export class Snowflake {
  #latestWallMs: Instant = snowflakeEpoch;
  #lastMs: Instant;
  #sequence = sequenceCount - 1;

  constructor(private readonly options: SnowflakeOptions) {
    const { workerId, after = snowflakeEpoch - 1 } = options;
    assert(Number.isInteger(workerId) && workerId >= 0 && workerId < workerCount, `no worker id: ${workerId}`);
    this.#lastMs = after;
  }

  /** The time of the last id. */
  get lastMs(): Instant {
    return this.#lastMs;
  }

  /** @throws IdsExhaustedError above the drift cap */
  next(): bigint {
    const { clock, maxDriftMs = 10_000, workerId } = this.options;
    this.#latestWallMs = Math.max(this.#latestWallMs, clock.now());
    const borrowing = this.#latestWallMs <= this.#lastMs;
    const sameMs = borrowing && this.#sequence < sequenceCount - 1;
    const ms = sameMs ? this.#lastMs : borrowing ? this.#lastMs + 1 : this.#latestWallMs;
    if (ms - this.#latestWallMs > maxDriftMs) {
      throw new IdsExhaustedError(`Ids are ${ms - this.#latestWallMs} ms ahead of the clock`);
    }
    this.#sequence = sameMs ? this.#sequence + 1 : 0;
    this.#lastMs = ms;
    const sinceEpoch = BigInt(ms - snowflakeEpoch);
    return (((sinceEpoch << workerBits) | BigInt(workerId)) << sequenceBits) | BigInt(this.#sequence);
  }
}
