import { knownStatements, type MigrateOptions } from '#postgres';
import { Random } from '#virtual-time';
import { testDatabase, type TestDatabase } from '#testing';
import { MemorySide } from '../../../memory-postgres/src/testing/differential/memory-side.js';
import { PostgresSide } from '../../../memory-postgres/src/testing/differential/postgres-side.js';
import {
  runScript,
  type OnAgreement,
  type Result,
  type ComparedDatabases,
} from '../../../memory-postgres/src/testing/differential/run-script.js';
import type { ScriptStep } from '../../../memory-postgres/src/testing/differential/script.js';
import { shrink } from '../../../memory-postgres/src/testing/differential/shrink.js';
import { withFrameTables } from '#service';
import { KEPT_WORKER_IDS } from '../databases/migrated.js';
import type { SimulatedServiceName } from '../schedule/fault.js';
import type { Definitions } from '../world/world.js';
import { compose, straight } from './compose.js';
import { draw, isDrawn, poolsOf } from './draws.js';
import { nameOf, notCompared, record, type TapedStatement, type Tapes } from './tape.js';

/** The named statements of one service, from which the composer draws. */
type Known = readonly { readonly name: string; readonly text: string }[];

export interface FuzzDifference {
  readonly seed: number;
  readonly service: SimulatedServiceName;
  readonly what: string;
  readonly steps: readonly ScriptStep[];
}

const channels = ['outbox', 'lease_released', 'test_clocks', 'charge_answers'];
/** Tables in which the transaction id column names the row's writer. */
const writtenBy = new Set(['transfer', 'balance_transaction']);

/** Differential fuzzing: runs scripts of all services against both databases. */
export class Fuzz {
  /** Per statement: number of equal answers, equal errors, and waits. */
  readonly counts = new Map<string, { answered: number; refused: number; waited: number }>();
  scripts = 0;
  steps = 0;
  undecided = 0;
  #tapes: { seed: number; tapes: Tapes } | undefined;

  private constructor(
    private readonly services: Definitions,
    private readonly sides: Readonly<Record<SimulatedServiceName, ComparedDatabases>>,
    private readonly drawn: Readonly<Record<SimulatedServiceName, Known>>,
    private readonly databases: readonly TestDatabase[],
  ) {}

  /** Creates a database for each service on the tests' Postgres server. */
  static async open(services: Definitions): Promise<Fuzz> {
    const sides: Partial<Record<SimulatedServiceName, ComparedDatabases>> = {};
    const drawn: Partial<Record<SimulatedServiceName, Known>> = {};
    const databases: TestDatabase[] = [];
    for (const [service, { database, options, initialRowsSql }] of Object.entries(services) as [
      SimulatedServiceName,
      Definitions[SimulatedServiceName],
    ][]) {
      const made = await testDatabase(`fuzz_${service}`);
      databases.push(made);
      const postgres = await PostgresSide.open({
        url: made.url,
        database: made.name,
        channels,
        migrate: async (execute) => {
          const runner = { query: execute } as unknown as Parameters<
            InstanceType<MigrateOptions['migrations'][number]>['up']
          >[0];
          for (const Each of withFrameTables(options.database).migrations) await new Each().up(runner);
          if (initialRowsSql !== undefined) await execute(initialRowsSql);
          await execute(KEPT_WORKER_IDS);
        },
      });
      sides[service] = { memory: new MemorySide(database, channels), postgres, writtenBy };
      const known: { name: string; text: string }[] = [];
      for (const each of knownStatements()) {
        if (isDrawn(each.name) && (await postgres.understands(each.text))) known.push(each);
      }
      drawn[service] = known;
    }
    return new Fuzz(
      services,
      sides as Record<SimulatedServiceName, ComparedDatabases>,
      drawn as Record<SimulatedServiceName, Known>,
      databases,
    );
  }

  /** Runs the seed's script on both databases. @returns a difference, shrunk, if there is one */
  async run(seed: number): Promise<FuzzDifference | undefined> {
    const { service, steps } = await this.script(seed);
    return this.#compare(seed, service, steps);
  }

  async #compare(
    seed: number,
    service: SimulatedServiceName,
    steps: readonly ScriptStep[],
  ): Promise<FuzzDifference | undefined> {
    this.steps += steps.length;
    const result = await this.result(service, steps, (name, what) => {
      const counts = this.counts.get(name) ?? { answered: 0, refused: 0, waited: 0 };
      counts[what]++;
      this.counts.set(name, counts);
    });
    this.scripts++;
    if (result.kind === 'undecided') this.undecided++;
    if (result.kind !== 'different') return undefined;
    const differs = async (candidate: readonly ScriptStep[]): Promise<boolean> => {
      const again = await this.result(service, candidate);
      return again.kind === 'different' && placeOf(again) === placeOf(result);
    };
    const shrunk = await shrink(steps.slice(0, result.after), differs);
    const last = await this.result(service, shrunk);
    return { seed, service, what: last.kind === 'different' ? last.what : result.what, steps: shrunk };
  }

  /** Runs each service's transactions of a world, then every statement of the service, recorded or drawn. */
  async rollCall(seed: number, worlds: number): Promise<FuzzDifference | undefined> {
    const samples = new Map<string, TapedStatement>();
    for (let world = seed; world < seed + worlds; world++) {
      const tapes = await record(world, this.services);
      for (const tape of Object.values(tapes)) {
        for (const { statements } of tape) for (const each of statements) samples.set(each.name, each);
      }
    }
    const tapes = await record(seed, this.services);
    for (const [service, { postgres }] of Object.entries(this.sides) as [SimulatedServiceName, ComparedDatabases][]) {
      const steps = straight(tapes[service]);
      const atMs = steps.at(-1)!.atMs;
      const random = new Random(seed).fork('roll call');
      const pools = poolsOf(tapes[service], [atMs]);
      for (const { name, text } of knownStatements()) {
        if (name in notCompared || !(await postgres.understands(text))) continue;
        const given = samples.get(name) ?? (isDrawn(name) ? draw({ name, text }, pools, random) : undefined);
        if (given) steps.push({ session: 0, atMs, ...given });
      }
      const difference = await this.#compare(seed, service, steps);
      if (difference) return difference;
    }
    return undefined;
  }

  async script(seed: number): Promise<{ service: SimulatedServiceName; steps: ScriptStep[] }> {
    // Several scripts per world, because recording a world takes as long as running a script.
    const world = Math.floor(seed / SCRIPTS_OF_A_WORLD);
    if (this.#tapes?.seed !== world) this.#tapes = { seed: world, tapes: await record(world, this.services) };
    const names = Object.keys(this.sides) as SimulatedServiceName[];
    const service = new Random(seed).fork('service').pick(names);
    const steps = compose(seed, this.#tapes.tapes[service], this.drawn[service]);
    return { service, steps };
  }

  result(service: SimulatedServiceName, steps: readonly ScriptStep[], onAlike?: OnAgreement): Promise<Result> {
    return runScript(this.sides[service], steps, onAlike);
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.sides).map(({ postgres }) => postgres.close()));
    for (const database of this.databases) await database.drop();
  }

  /** Services' statements that were never compared with an equal answer, except those in `notCompared`. */
  neverAnswered(): string[] {
    const named = knownStatements()
      .map(({ text }) => nameOf(text))
      .filter((name) => !name.startsWith('test.'));
    return named.filter((name) => !(name in notCompared) && (this.counts.get(name)?.answered ?? 0) === 0);
  }
}

const SCRIPTS_OF_A_WORLD = 6;

/** The statement of a difference, so that shrinking keeps to the same one. */
const placeOf = ({ step, what }: Extract<Result, { kind: 'different' }>): string => step?.name ?? what.split('\n')[0]!;
