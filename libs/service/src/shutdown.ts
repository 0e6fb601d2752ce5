import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#clock';
import type { Log } from '#telemetry';
import { CLOCK, LOG } from './tokens.js';

/**
 * The order of a shutdown. Each phase needs the later ones: a request in flight needs the consumer, the consumer the
 * relay, the relay its leases, and leases the pool.
 */
export const shutdownPhases = ['door', 'http', 'consumer', 'workers', 'relay', 'leases', 'pools'] as const;
export type ShutdownPhase = (typeof shutdownPhases)[number];

/** The limit of all phases together. The supervisor or container runtime sends SIGKILL soon after. */
export const SHUTDOWN_LIMIT_MS = 10_000;

/** Each phase's own time. A phase that ends early leaves its time to the later ones. */
const reservedMs: Readonly<Record<ShutdownPhase, number>> = {
  door: 4_500,
  http: 1_500,
  consumer: 2_000,
  workers: 800,
  relay: 400,
  leases: 400,
  pools: 400,
};

interface Ending {
  readonly phase: ShutdownPhase;
  readonly what: string;
  readonly end: () => Promise<unknown> | void;
}

/** The parts to end, by phase. */
@Injectable()
export class Shutdown {
  private readonly endings: Ending[] = [];
  private running: Promise<boolean> | undefined;
  private current: ShutdownPhase | undefined;
  private readonly last = Promise.withResolvers<boolean>();

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Resolves after the last phase. @returns whether all parts ended well */
  get ended(): Promise<boolean> {
    return this.last.promise;
  }

  get begun(): boolean {
    return this.running !== undefined;
  }

  /** The current phase, or the last one; undefined before the shutdown. */
  get phase(): ShutdownPhase | undefined {
    return this.current;
  }

  /** @param what the part's name in the log, if ending it fails or takes too long */
  during(phase: ShutdownPhase, what: string, end: () => Promise<unknown> | void): void {
    this.endings.push({ phase, what, end });
  }

  /** Runs all phases, once. Logs and skips a part that fails or takes too long. @returns whether all parts ended well */
  run(): Promise<boolean> {
    this.running ??= this.everyPhase();
    return this.running;
  }

  private async everyPhase(): Promise<boolean> {
    const startedMs = this.clock.monotonicMs();
    let clean = true;
    for (const [place, phase] of shutdownPhases.entries()) {
      this.current = phase;
      const laterMs = shutdownPhases.slice(place + 1).reduce((sum, later) => sum + reservedMs[later], 0);
      const endsMs = startedMs + SHUTDOWN_LIMIT_MS - laterMs;
      if (!(await this.endPhase(phase, endsMs - this.clock.monotonicMs()))) clean = false;
    }
    this.last.resolve(clean);
    return clean;
  }

  private async endPhase(phase: ShutdownPhase, withinMs: number): Promise<boolean> {
    const pending = new Set<string>();
    const limit = Promise.withResolvers<boolean>();
    const timer = this.clock.after(withinMs, () => {
      this.log.error({ phase, pending: [...pending] }, 'a phase of the shutdown takes too long: going on without it');
      limit.resolve(false);
    });
    const endings = this.endings.filter((ending) => ending.phase === phase);
    const all = Promise.all(endings.map((ending) => this.end(ending, pending)));
    const clean = await Promise.race([all.then((ends) => ends.every(Boolean)), limit.promise]);
    timer.cancel();
    return clean;
  }

  private async end({ phase, what, end }: Ending, pending: Set<string>): Promise<boolean> {
    pending.add(what);
    try {
      await end();
      return true;
    } catch (error) {
      this.log.error({ err: error, phase }, `could not end ${what}`);
      return false;
    } finally {
      pending.delete(what);
    }
  }
}
