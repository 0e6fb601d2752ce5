/** The clock that one statement reads. */
export class StatementClock {
  /** When the statement was submitted. */
  readonly since: number;
  readonly #readings: number[] = [];
  #next = 0;

  /** @param now milliseconds since the epoch, by the server's clock */
  constructor(private readonly now: () => number) {
    this.since = now();
  }

  /** The value of `clock_timestamp()`. A statement that is run again after a lock wait gets its first readings again. */
  read(): number {
    if (this.#next === this.#readings.length) this.#readings.push(this.now());
    return this.#readings[this.#next++]!;
  }

  /** The statement is run again from its beginning. */
  rewind(): void {
    this.#next = 0;
  }
}
