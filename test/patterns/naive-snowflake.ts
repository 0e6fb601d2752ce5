import type { Clock } from '#clock';
import { snowflakeEpoch } from '#snowflake';

/** Time, worker id, sequence number. It trusts the wall clock. */
export class NaiveSnowflake {
  #sequence = 0;

  constructor(private readonly options: { workerId: number; clock: Pick<Clock, 'now'> }) {}

  next(): bigint {
    this.#sequence = (this.#sequence + 1) % 4096;
    const sinceEpoch = BigInt(this.options.clock.now() - snowflakeEpoch);
    return (sinceEpoch << 22n) | (BigInt(this.options.workerId) << 12n) | BigInt(this.#sequence);
  }
}
