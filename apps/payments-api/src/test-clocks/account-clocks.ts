import type { Clock, Instant } from '#clock';

/**
 * Every account's own time: the process's, shifted where the account has a test clock. What is decided about
 * charges goes by it; leases, deadlines and time-outs never do.
 */
export class AccountClocks {
  private readonly offsets = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  now(account: string): Instant {
    return this.clock.now() + this.offsetMs(account);
  }

  offsetMs(account: string): number {
    return this.offsets.get(account) ?? 0;
  }

  /** @param offsetMs null: the account returns to real time */
  set(account: string, offsetMs: number | null): void {
    if (offsetMs === null) this.offsets.delete(account);
    else this.offsets.set(account, offsetMs);
  }
}
