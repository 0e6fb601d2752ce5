import { setTimeout as sleep } from 'node:timers/promises';
import { allInstances, describeFault, type ChaosSchedule, type ScheduledFault } from '../schedule/fault.js';
import type { EndFault } from './end-fault.js';
import { strike, type StrikeTargets } from './strike.js';

/** One injected fault of the schedule. Times in milliseconds since the start of the workload. */
export interface RunningStrike extends ScheduledFault {
  readonly words: string;
  struckMs: number;
  /** When it was in effect on all its targets. */
  standsMs?: number;
  /** When its lifting began. */
  liftingMs?: number;
  /** When all its targets answered again. */
  liftedMs?: number;
  error?: string;
}

export interface NemesisEvents {
  /** A fault was injected, is being lifted, or was lifted. */
  changed?(strike: RunningStrike): void;
  /** The fault is in effect on all its targets. */
  stands?(strike: RunningStrike): void;
  /** Observes the system just before a fault is lifted. The fault stays in effect until this resolves. */
  beforeLift?(strike: RunningStrike): Promise<void>;
}

/** Injects the faults of the schedule and lifts them. */
export class Nemesis {
  readonly strikes: RunningStrike[] = [];
  readonly #standing = new Map<RunningStrike, EndFault>();

  constructor(
    private readonly world: StrikeTargets,
    private readonly elapsedMs: () => number,
    private readonly events: NemesisEvents = {},
  ) {}

  get standing(): readonly RunningStrike[] {
    return [...this.#standing.keys()];
  }

  /** Resolves when the last fault is lifted, or soon after the signal. Call `heal` afterwards. */
  async run(schedule: ChaosSchedule, signal: AbortSignal): Promise<void> {
    const ends = new Map<string, Promise<void>>();
    const all = schedule.faults.map((scheduled) => {
      const { lane } = scheduled;
      const before = (lane && ends.get(lane)) ?? Promise.resolve();
      const end = before.then(() => this.#inflict(scheduled, schedule.durationMs, signal));
      if (lane) ends.set(lane, end);
      return end;
    });
    await Promise.all(all);
  }

  async #inflict(scheduled: ScheduledFault, durationMs: number, signal: AbortSignal): Promise<void> {
    const wait = (untilMs: number) =>
      sleep(Math.max(0, untilMs - this.elapsedMs()), undefined, { signal }).then(
        () => true,
        () => false,
      );
    if (!(await wait(scheduled.atMs))) return;
    // The lane is late. A fault after the end of the run would delay the healing.
    if (this.elapsedMs() > durationMs) return;
    const struck: RunningStrike = { ...scheduled, words: describeFault(scheduled.fault), struckMs: this.elapsedMs() };
    this.strikes.push(struck);
    this.#standing.set(struck, async () => undefined);
    this.events.changed?.(struck);
    try {
      this.#standing.set(struck, await strike(this.world, scheduled.fault));
      struck.standsMs = this.elapsedMs();
      this.events.stands?.(struck);
      if (await wait(struck.standsMs + scheduled.lastsMs)) await this.#lift(struck);
    } catch (error) {
      struck.error = String(error);
      this.events.changed?.(struck);
    }
  }

  async #lift(struck: RunningStrike): Promise<void> {
    const lift = this.#standing.get(struck);
    if (!lift) return;
    await this.events.beforeLift?.(struck);
    struck.liftingMs = this.elapsedMs();
    this.events.changed?.(struck);
    await lift();
    this.#standing.delete(struck);
    struck.liftedMs = this.elapsedMs();
    this.events.changed?.(struck);
  }

  /** Lifts whatever is left: thaws and starts every process, removes all bank faults, opens every link. */
  async heal(): Promise<void> {
    const { control, network, bankFaults, poison } = this.world;
    for (const struck of this.#standing.keys()) {
      await this.#lift(struck).catch((error: unknown) => (struck.error = String(error)));
      this.#standing.delete(struck);
      struck.liftedMs ??= this.elapsedMs();
    }
    await network.heal();
    for (const name of ['postgres', 'kafka', 'bank-simulator', ...allInstances]) {
      await control.thaw(name).catch(() => undefined); // fails if it is not frozen
      await control.start(name);
    }
    await bankFaults.liftAll();
    if (this.strikes.some(({ fault }) => fault.kind === 'poison')) await poison.mend();
  }
}
