import { Server, Template } from '#memory-postgres';
import type { DatabaseWorld } from '../../../../libs/postgres/src/testing/database-world.js';
import { BEGINNING } from '../simulated-clock.js';
import { SimulatedDatabase, type Connection, type DatabaseHost } from '../simulated-database.js';
import { MovingWorld } from './moving-world.js';

/** A database in memory behind a simulated network. */
export function simulatedDatabaseWorld(ddl: string, seed = 1): DatabaseWorld & { readonly world: MovingWorld } {
  const world = new MovingWorld(seed);
  const { scheduler } = world;
  const template = new Template();
  template.execute(ddl);
  const server = new Server(template.storage(), {
    now: () => BEGINNING + Math.floor(scheduler.nowMs),
    soon: (work) => void scheduler.after(0, undefined, work),
    after: (delayMs, work) => scheduler.after(delayMs, undefined, work),
  });
  const connections = new Set<Connection>();
  let up = true;
  let loss: 'nothing' | 'lost_before' | 'lost_after' = 'nothing';
  const host: DatabaseHost = {
    server,
    connections,
    network: world.network('postgres'),
    isUp: () => up,
    isStarting: () => false,
    faults: {
      onCommit: () => {
        const now = loss;
        loss = 'nothing';
        return now;
      },
    },
  };
  const cut = (): void => {
    for (const connection of connections) connection.cut();
  };
  let processes = 0;
  return {
    world,
    clock: world.clock,
    open: ({ maxConnections } = {}) =>
      Promise.resolve(new SimulatedDatabase(world.process(`client ${++processes}`), host, maxConnections)),
    cut: () => {
      cut();
      server.notifyListeners();
    },
    away: () => {
      up = false;
      cut();
      return Promise.resolve();
    },
    back: () => {
      up = true;
      server.notifyListeners();
      return Promise.resolve();
    },
    loseNextCommit: (when) => void (loss = `lost_${when}`),
    waiting: () => Promise.resolve(server.waiting),
    close: () => Promise.resolve(world.stop()),
  };
}
