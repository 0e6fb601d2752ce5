import type { Clock } from '#clock';

export interface ReadinessReport {
  readonly ready: boolean;
  /** By name: `ok`, or the failure. */
  readonly checks: Readonly<Record<string, string>>;
}

const CHECK_LIMIT_MS = 2_000;

/** The readiness probe. */
export class Readiness {
  private readonly checks = new Map<string, () => boolean | Promise<unknown>>();

  /**
   * @param expected names of checks that count as missing until they are added
   * @param stopping true once the process shuts down
   */
  constructor(
    private readonly clock: Clock,
    private readonly stopping: () => boolean,
    private readonly expected: readonly string[],
  ) {}

  /** A check fails by returning false, by rejecting, or after 2 s. */
  add(name: string, check: () => boolean | Promise<unknown>): void {
    this.checks.set(name, check);
  }

  async report(): Promise<ReadinessReport> {
    const names = [...new Set([...this.expected, ...this.checks.keys()])];
    const states = await Promise.all(names.map(async (name) => [name, await this.stateOf(name)] as const));
    if (this.stopping()) states.push(['process', 'shutting down']);
    return { ready: states.every(([, state]) => state === 'ok'), checks: Object.fromEntries(states) };
  }

  private async stateOf(name: string): Promise<string> {
    const check = this.checks.get(name);
    if (!check) return 'not there yet';
    const limit = new AbortController();
    try {
      const tooLong = this.clock.sleep(CHECK_LIMIT_MS, limit.signal).then(() => `no answer in ${CHECK_LIMIT_MS} ms`);
      tooLong.catch(() => undefined);
      return await Promise.race([tooLong, Promise.resolve(check()).then((well) => (well === false ? 'no' : 'ok'))]);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      limit.abort();
    }
  }
}
