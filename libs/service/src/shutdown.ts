import type { Clock } from '#clock';
import type { Log } from '#telemetry';

/**
 * The order in which a service ends. Each phase needs the ones after it: while nobody new is let in, whoever is in
 * may get the usual answer; a request in flight still wants
 * its charge settled, the consumer's last batch still wants the relay, whose shards want their leases,
 * which want the pool.
 */
export const shutdownPhases = ['door', 'http', 'consumer', 'workers', 'relay', 'leases', 'pools'] as const;
export type ShutdownPhase = (typeof shutdownPhases)[number];

/** All phases together. Whoever started the process kills it soon after. */
export const SHUTDOWN_LIMIT_MS = 10_000;

interface Ending {
  readonly phase: ShutdownPhase;
  readonly what: string;
  readonly end: () => Promise<unknown> | void;
}

/** Everything that must be ended, and when. */
export class Shutdown {
  private readonly endings: Ending[] = [];
  private running: Promise<boolean> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  get begun(): boolean {
    return this.running !== undefined;
  }

  /** `what` is named in the log should its end fail or take too long. */
  during(phase: ShutdownPhase, what: string, end: () => Promise<unknown> | void): void {
    this.endings.push({ phase, what, end });
  }

  /** Ends everything, once, phase by phase; what fails is logged and left behind. Resolves to whether all ended well. */
  run(): Promise<boolean> {
    this.running ??= this.withinLimit();
    return this.running;
  }

  private async withinLimit(): Promise<boolean> {
    const pending = new Set<string>();
    const limit = Promise.withResolvers<boolean>();
    const timer = this.clock.after(SHUTDOWN_LIMIT_MS, () => {
      this.log.error({ pending: [...pending] }, 'shutting down takes too long: leaving it at that');
      limit.resolve(false);
    });
    const ended = await Promise.race([this.everyPhase(pending), limit.promise]);
    timer.cancel();
    return ended;
  }

  private async everyPhase(pending: Set<string>): Promise<boolean> {
    let clean = true;
    for (const phase of shutdownPhases) {
      const endings = this.endings.filter((ending) => ending.phase === phase);
      await Promise.all(
        endings.map(async ({ what, end }) => {
          pending.add(what);
          try {
            await end();
          } catch (error) {
            clean = false;
            this.log.error({ err: error, phase }, `could not end ${what}`);
          }
          pending.delete(what);
        }),
      );
    }
    return clean;
  }
}
