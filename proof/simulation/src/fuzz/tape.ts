import { knownStatements } from '#postgres';
import { BEGINNING, outsidePromises } from '#virtual-time';
import { planned } from '../schedule/schedule.js';
import type { SimulatedServiceName } from '../schedule/fault.js';
import { World, type Definitions } from '../world/world.js';

export interface TapedStatement {
  readonly name: string;
  readonly text: string;
  readonly params: readonly unknown[];
}

/** A recorded transaction, or a single statement. */
export interface TapedTransaction {
  readonly atMs: number;
  readonly statements: TapedStatement[];
  end: 'COMMIT' | 'ROLLBACK' | undefined;
}

export type Tapes = Readonly<Record<SimulatedServiceName, readonly TapedTransaction[]>>;

/** Records all statements of the services in one simulated world. */
export async function record(seed: number, services: Definitions): Promise<Tapes> {
  const tapes: Record<SimulatedServiceName, TapedTransaction[]> = {
    'payments-api': [],
    'bank-gateway': [],
    ledger: [],
  };
  const open = new Map<object, TapedTransaction>();
  await outsidePromises(() => {
    const world: World = new World(planned(seed), services, 'everything', (service, session, text, params) => {
      const atMs = BEGINNING + Math.floor(world.scheduler.nowMs);
      const transaction = open.get(session);
      if (text === 'BEGIN') {
        open.set(session, { atMs, statements: [], end: 'ROLLBACK' });
        tapes[service].push(open.get(session)!);
      } else if (text === 'COMMIT' || text === 'ROLLBACK') {
        if (transaction) transaction.end = text;
        open.delete(session);
      } else if (!(nameOf(text) in notCompared)) {
        const statement = { name: nameOf(text), text, params: structuredClone(params) };
        if (transaction) transaction.statements.push(statement);
        else tapes[service].push({ atMs, statements: [statement], end: undefined });
      }
    });
    return world.run();
  });
  return tapes;
}

/** Statements that are not compared, with the reason. */
export const notCompared: Readonly<Record<string, string>> = {
  'ledger.state_snapshot': 'a command for people; the Postgres in memory knows READ COMMITTED alone, and says so',
  balance_miscounted: 'a command for people; the Postgres in memory knows no USING, and says so',
  'postgres.migrated': 'the table of migrations exists only where TypeORM’s runner made it, on neither side here',
  'leases.all': 'a view for people; it shows how long each database’s own clock leaves a lease',
  inbox_pages: 'how many pages of a disk a table takes is each database’s own affair',
};

let names: Map<string, string> | undefined;

/** Name of a statement. One without a name, which Postgres plans anew each time, is known by its beginning. */
export function nameOf(text: string): string {
  names ??= new Map(knownStatements().map((each) => [each.text, each.name]));
  return names.get(text) ?? `unnamed: ${text.replaceAll(/\s+/g, ' ').slice(0, 70)}`;
}
