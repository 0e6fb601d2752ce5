import { Random } from '#virtual-time';
import { SESSIONS, type ScriptStep } from '../../../memory-postgres/src/testing/differential/script.js';
import { draw, poolsOf, type DrawnKind, type Pools } from './draws.js';
import type { TapedStatement, TapedTransaction } from './tape.js';

/** Limit on the steps of a script: enough for rows to reach every state, and about a second on a real database. */
const STEPS_MAX = 260;
/** Limit on transactions with the same first statement: most are polls that find nothing. */
const KEPT_OF_A_KIND = 30;
const STRAIGHT_OF_A_KIND = 6;

/**
 * Composes a script from one service's statements in a world. Transactions close in time run concurrently in two or three
 * sessions, are repeated, batched, rolled back or given other ids; drawn statements that no world sends are mixed in.
 */
export function compose(
  seed: number,
  tape: readonly TapedTransaction[],
  others: readonly { name: string; text: string }[],
): ScriptStep[] {
  const random = new Random(seed).fork('script');
  const kept = thinned(tape, random);
  const pools = poolsOf(
    tape,
    kept.map(({ atMs }) => atMs),
  );
  const steps: ScriptStep[] = [];
  let atMs = kept[0]?.atMs ?? 0;
  const add = (session: number, { name, text, params }: TapedStatement): void => {
    atMs += random.integer(1, 3);
    steps.push({ session, atMs, name, text, params });
  };
  for (let place = 0; place < kept.length && steps.length < STEPS_MAX;) {
    atMs = Math.max(atMs, kept[place]!.atMs);
    if (random.chance(0.01)) atMs += random.pick([5_000, 60_000, 3_600_000]);
    if (random.chance(0.35)) {
      for (const statement of statementsOf(kept[place]!)) add(0, statement);
      place++;
      continue;
    }
    const threads = Array.from({ length: random.integer(2, SESSIONS) }, () => {
      const own: TapedStatement[] = [];
      for (let count = random.integer(1, 2); count > 0; count--) own.push(...another());
      return own;
    });
    interleave(threads, random, add);

    function another(): TapedStatement[] {
      const chance = random.next();
      if (others.length > 0 && chance < 0.2) return [draw(random.pick(others), pools, random)];
      if (chance < 0.35)
        return statementsOf(
          mutated(kept[random.integer(Math.max(0, place - 12), Math.min(place, kept.length - 1))]!, pools, random),
        );
      const next = kept[Math.min(place++, kept.length - 1)]!;
      // Often the next transaction runs in two sessions at once.
      if (chance < 0.55) place--;
      const batched = chance < 0.65 ? batch(next, kept[place], random) : next;
      return statementsOf(random.chance(0.4) ? mutated(batched, pools, random) : batched);
    }
  }
  return steps;
}

/** One service's transactions in a world in their order, with frequent ones thinned out. */
export function straight(tape: readonly TapedTransaction[]): ScriptStep[] {
  const asked = new Map<string, number>();
  const kept = tape.filter(({ statements, end }) => {
    const [only] = statements;
    if (!only || end !== undefined) return only !== undefined;
    asked.set(only.name, (asked.get(only.name) ?? 0) + 1);
    return asked.get(only.name)! <= STRAIGHT_OF_A_KIND;
  });
  return kept.flatMap((each) => statementsOf(each).map((statement) => ({ session: 0, atMs: each.atMs, ...statement })));
}

function thinned(tape: readonly TapedTransaction[], random: Random): TapedTransaction[] {
  const kindOf = ({ statements }: TapedTransaction): string => statements.map(({ name }) => name).join();
  const counts = new Map<string, number>();
  for (const each of tape) counts.set(kindOf(each), (counts.get(kindOf(each)) ?? 0) + 1);
  return tape.filter((each) => each.statements.length > 0 && random.chance(KEPT_OF_A_KIND / counts.get(kindOf(each))!));
}

const control = (text: string): TapedStatement => ({ name: text, text, params: [] });

function statementsOf({ statements, end }: TapedTransaction): TapedStatement[] {
  return end === undefined ? [...statements] : [control('BEGIN'), ...statements, control(end)];
}

function interleave(
  threads: readonly TapedStatement[][],
  random: Random,
  add: (session: number, statement: TapedStatement) => void,
): void {
  const left = threads.map((statements) => [...statements]);
  while (left.some((statements) => statements.length > 0)) {
    const session = random.integer(0, left.length - 1);
    const next = left[session]!.shift();
    if (next) add(session, next);
  }
}

/** Merges two transactions with the same statements into one batch. */
function batch(one: TapedTransaction, other: TapedTransaction | undefined, random: Random): TapedTransaction {
  if (!other || other.statements.map(({ name }) => name).join() !== one.statements.map(({ name }) => name).join())
    return one;
  const order = random.chance(0.5)
    ? (a: unknown[], b: unknown[]) => [...a, ...b]
    : (a: unknown[], b: unknown[]) => [...b, ...a];
  const statements = one.statements.map((statement, place) => ({
    ...statement,
    params: statement.params.map((param, index) => {
      const theirs = other.statements[place]!.params[index];
      return Array.isArray(param) && Array.isArray(theirs) ? order(param, theirs) : param;
    }),
  }));
  return { ...one, statements };
}

/** Mutates a transaction: another end, more or fewer statements, or ids of other rows. */
function mutated({ statements, end, atMs }: TapedTransaction, pools: Pools, random: Random): TapedTransaction {
  const changed = statements
    .filter(() => !random.chance(0.1))
    .map((statement) => mutatedStatement(statement, pools, random));
  const ended = end === undefined ? (random.chance(0.2) ? 'COMMIT' : undefined) : random.chance(0.2) ? 'ROLLBACK' : end;
  return { statements: changed, end: ended, atMs };
}

/** Kinds of ids by prefix. */
const kinds = new Map<string, DrawnKind>([
  ['ch', 'charge'],
  ['re', 'refund'],
  ['txn', 'transaction'],
]);

function mutatedStatement(statement: TapedStatement, pools: Pools, random: Random): TapedStatement {
  const lengths = new Set(statement.params.filter(Array.isArray).map(({ length }) => length));
  const reversed = lengths.size === 1 && random.chance(0.3);
  const exchange = new Map<string, unknown>();
  const other = (id: string): unknown => {
    const kind = kinds.get(id.split('_')[0]!);
    if (!kind) return id;
    // An id is replaced by the same other id throughout the statement.
    if (!exchange.has(id)) exchange.set(id, random.chance(0.15) ? random.pick(pools.of(kind)) : id);
    return exchange.get(id);
  };
  const changed = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (/^[[{]/.test(value)) return value.replaceAll(/(?<=")(ch|re|txn)_\w+(?=")/g, (id) => other(id) as string);
      return other(value);
    }
    if (Array.isArray(value)) return value.map(changed);
    return value;
  };
  return {
    ...statement,
    params: statement.params.map((param) =>
      reversed && Array.isArray(param) ? (changed(param) as unknown[]).toReversed() : changed(param),
    ),
  };
}
