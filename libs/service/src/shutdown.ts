import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#clock';
import type { Log } from '#telemetry';
import { CLOCK, LOG } from './tokens.js';

/**
 * The order in which a service ends. Each phase needs the ones after it: a request in flight needs its charge
 * settled, so it needs the consumer; the consumer's last batch needs the relay, the relay its leases, and leases
 * the pool. While the door closes, requests that have arrived get their usual answers.
 */
export const shutdownPhases = ['door', 'http', 'consumer', 'workers', 'relay', 'leases', 'pools'] as const;
export type ShutdownPhase = (typeof shutdownPhases)[number];

/** All phases together. The supervisor or container runtime kills the process soon after. */
export const SHUTDOWN_LIMIT_MS = 10_000;

/** Time that no earlier phase may use up, so that every phase runs. A phase that ends early leaves its time to the later ones. */
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

/** Everything that must be ended, and when. */
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

  /** Resolves once the last phase has ended, to whether all ended well. */
  get ended(): Promise<boolean> {
    return this.last.promise;
  }

  get begun(): boolean {
    return this.running !== undefined;
  }

  /** The phase that runs, or ran last; undefined before the shutdown. */
  get phase(): ShutdownPhase | undefined {
    return this.current;
  }

  /** `what` is named in the log should its end fail or take too long. */
  during(phase: ShutdownPhase, what: string, end: () => Promise<unknown> | void): void {
    this.endings.push({ phase, what, end });
  }

  /** Ends everything, once, phase by phase; what fails or takes too long is logged and left behind. Resolves to whether all ended well. */
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
