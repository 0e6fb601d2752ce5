import type { FaultKind, FaultPlace, FaultStretch } from '#checker';
import { bankProtocol } from '#contracts';
import { SHUTDOWN_LIMIT_MS } from '#service';
import { BEGINNING } from '#virtual-time';
import type { PlannedFault, SimulatedServiceName } from '../schedule/fault.js';

/** Which faults a world has suffered, where, and from when until when. */
export class FaultsInEffect {
  #stretches: FaultStretch[] = [];

  /** @param worldMs milliseconds since the world began */
  constructor(private readonly worldMs: () => number) {}

  get stretches(): readonly FaultStretch[] {
    return this.#stretches;
  }

  struck(fault: PlannedFault): void {
    switch (fault.kind) {
      case 'kill':
        return this.#add('killed', instanceOf(fault), fault.downMs);
      case 'freeze':
        return this.#add('frozen', instanceOf(fault), fault.forMs);
      case 'cut':
        return this.#add('database_away', instanceOf(fault));
      case 'database_away':
        return this.#add('database_away', { service: fault.service }, fault.forMs);
      case 'kafka_away':
        return this.#add('kafka_away', {}, fault.forMs);
      case 'rebalance':
        return this.#add('rebalance', { service: fault.service });
      case 'clock_step':
        return this.#add('clock_step', instanceOf(fault));
      case 'terminate':
      case 'rolling_restart':
        return; // each instance at its own time: see `terminated`
      case 'commit_lost':
      case 'publish_lost':
      case 'poison':
        return; // in effect when there is something that they take: see `lost` and `poisoned`
      case 'bank':
        // What banks do to single requests is in their journals; nothing arrives at a port that is closed.
        for (const bank of bankProtocol.bankNames)
          if (bankProtocol.closesPortOf(bank, fault.rule)) this.#add('outage', { bank }, fault.forMs);
    }
  }

  /** An instance is told to end. @param downMs until it is started again, once it has ended */
  terminated(which: Which, downMs: number): void {
    this.#add('terminated', instanceOf(which), SHUTDOWN_LIMIT_MS + downMs);
  }

  /** A COMMIT, a send to Kafka or an answer to one of them has just been lost, or an event that Kafka had acknowledged. */
  lost(kind: 'commit_lost' | 'kafka_away' | 'event_lost', service: SimulatedServiceName): void {
    this.#add(kind, kind === 'event_lost' ? {} : { service });
  }

  /** A poison event blocks the key of this charge. */
  poisoned(charge: string): void {
    const fromMs = BEGINNING + this.worldMs();
    this.#stretches.push({ kind: 'poison', at: {}, fromMs, untilMs: Infinity, charge, isAimed: true });
  }

  /** Every process stands still while so much time passes. */
  leapt(forMs: number): void {
    this.#add('frozen', {}, forMs);
  }

  /** Whatever still lasts ends now; what is poisoned stays so. */
  healed(): void {
    const now = BEGINNING + this.worldMs();
    this.#stretches = this.#stretches.map((stretch) =>
      stretch.kind === 'poison' ? stretch : { ...stretch, untilMs: Math.min(stretch.untilMs, now) },
    );
  }

  #add(kind: FaultKind, at: FaultPlace, forMs = 0): void {
    const fromMs = BEGINNING + this.worldMs();
    this.#stretches.push({ kind, at, fromMs, untilMs: fromMs + forMs });
  }
}

interface Which {
  readonly service: SimulatedServiceName;
  readonly instance: number;
}

const instanceOf = ({ service, instance }: Which): FaultPlace => ({
  service,
  instance: `${service}-${instance}`,
});
