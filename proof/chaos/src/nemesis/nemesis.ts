import { setTimeout as sleep } from 'node:timers/promises';
import { allInstances, describeFault, type ChaosSchedule, type ScheduledFault } from '../schedule/fault.js';
import type { EndFault } from './end-fault.js';
import { strike, type StrikeTargets } from './strike.js';

/** What became of one fault of the schedule. Times count from the beginning of the workload. */
export interface RunningStrike extends ScheduledFault {
  readonly words: string;
  struckMs: number;
  /** When it had taken effect on all that it strikes. */
  standsMs?: number;
  /** When it began to be lifted. */
  liftingMs?: number;
  /** When all that it struck answered again. */
  liftedMs?: number;
  error?: string;
}

export interface NemesisEvents {
  /** A fault has struck, is being lifted, or is lifted. */
  changed?(strike: RunningStrike): void;
  /** It has taken effect on all that it strikes. */
  stands?(strike: RunningStrike): void;
  /** It stands still for as long as this takes: what shows only while a fault stands is looked at here. */
  beforeLift?(strike: RunningStrike): Promise<void>;
}

/** Does what the schedule says, and puts everything in order again. */
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

  /** Resolves when the last fault has been lifted, or soon after the signal; then `heal`. */
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
    // Its lane took longer than drawn: healing must not wait for a fault that has not struck yet.
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

  /** Everything back in order, whatever was left: nothing frozen, nothing down, no fault at any bank, every link open. */
  async heal(): Promise<void> {
    const { control, network, bankFaults, poison } = this.world;
    for (const struck of this.#standing.keys()) {
      await this.#lift(struck).catch((error: unknown) => (struck.error = String(error)));
      this.#standing.delete(struck);
      struck.liftedMs ??= this.elapsedMs();
    }
    await network.heal();
    for (const name of ['postgres', 'kafka', 'bank-simulator', ...allInstances]) {
      await control.thaw(name).catch(() => undefined); // it is not frozen
      await control.start(name);
    }
    await bankFaults.liftAll();
    if (this.strikes.some(({ fault }) => fault.kind === 'poison')) await poison.mend();
  }
}
