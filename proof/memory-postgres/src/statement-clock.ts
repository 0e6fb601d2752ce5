/** The time as one statement is told it. */
export class StatementClock {
  /** When the statement came. */
  readonly since: number;
  readonly #told: number[] = [];
  #next = 0;

  /** @param now milliseconds since the epoch, by the server's clock */
  constructor(private readonly now: () => number) {
    this.since = now();
  }

  /** What `clock_timestamp()` says. What the statement was told before it had to wait, it is told again. */
  read(): number {
    if (this.#next === this.#told.length) this.#told.push(this.now());
    return this.#told[this.#next++]!;
  }

  /** The statement is run again from its beginning. */
  rewind(): void {
    this.#next = 0;
  }
}
