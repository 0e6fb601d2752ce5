import type { Database } from '#postgres';
import { ParkedEvents } from '#saga';
import { SimulatedDatabase, type DatabaseHost, type SimulatedProcess } from '#virtual-time';
import { POISON } from '../schedule/poison.js';

/** A simulated operator: discards unreadable parked events, and replays the events parked behind them. */
export class Operator {
  readonly #parked: readonly ParkedEvents[];

  constructor(process: SimulatedProcess, hosts: readonly DatabaseHost[]) {
    this.#parked = hosts.map((host) => new ParkedEvents(new SimulatedDatabase(process, host) as unknown as Database));
  }

  async look(): Promise<void> {
    for (const parked of this.#parked) {
      for (const { id, position } of await parked.keys()) {
        if (id.startsWith(POISON)) await parked.discard(String(position), 'nobody can read it');
      }
      await parked.requestReplay({ by: 'all' });
    }
  }
}
