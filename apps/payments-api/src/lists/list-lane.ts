/** Limits the lists that are read at once, since each holds its rows in memory. */
export interface ListLaneLimits {
  readonly atOnceMax: number;
  readonly atOncePerAccountMax: number;
  readonly waitingPerAccountMax: number;
}

export const listLaneLimits: ListLaneLimits = { atOnceMax: 8, atOncePerAccountMax: 4, waitingPerAccountMax: 1_000 };

/**
 * A fair queue for list requests: round robin over accounts, with a limit for all of them together, which `Turns`
 * does not have.
 */
export class ListLane {
  private readonly running = new Map<string, number>();
  private readonly waiting = new Map<string, (() => void)[]>();
  private runningCount = 0;

  /** @param shed makes the error for an account with too many waiting lists */
  constructor(
    private readonly limits: ListLaneLimits,
    private readonly shed: () => Error,
  ) {}

  async run<T>(account: string, read: () => Promise<T>): Promise<T> {
    await this.turn(account);
    try {
      return await read();
    } finally {
      this.leave(account);
    }
  }

  private async turn(account: string): Promise<void> {
    if (this.hasRoom(account)) return this.enter(account);
    const waiting = this.waiting.get(account) ?? [];
    if (waiting.length >= this.limits.waitingPerAccountMax) throw this.shed();
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    this.waiting.set(account, waiting);
    return promise;
  }

  private hasRoom(account: string): boolean {
    const { atOnceMax, atOncePerAccountMax } = this.limits;
    return this.runningCount < atOnceMax && (this.running.get(account) ?? 0) < atOncePerAccountMax;
  }

  private enter(account: string): void {
    this.runningCount++;
    this.running.set(account, (this.running.get(account) ?? 0) + 1);
  }

  private leave(account: string): void {
    this.runningCount--;
    const left = this.running.get(account)! - 1;
    if (left > 0) this.running.set(account, left);
    else this.running.delete(account);
    const next = [...this.waiting.keys()].find((waiting) => this.hasRoom(waiting));
    if (next === undefined) return;
    const waiting = this.waiting.get(next)!;
    const begin = waiting.shift()!;
    // Round robin: the account goes to the end of the queue.
    this.waiting.delete(next);
    if (waiting.length > 0) this.waiting.set(next, waiting);
    this.enter(next);
    begin();
  }
}
