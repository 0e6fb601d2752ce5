import { differenceBetween, differenceOfTables, isAnotherFirst, isAnotherVictim } from './difference.js';
import type { MemorySide } from './memory-side.js';
import type { PostgresSide } from './postgres-side.js';
import { SESSIONS, type ScriptStep } from './script.js';

/** Result of a script. */
export type Result =
  | { readonly kind: 'same' }
  /** Both answers are correct but their states differ from here on, so the script stops. */
  | { readonly kind: 'undecided'; readonly why: string }
  | {
      readonly kind: 'different';
      readonly after: number;
      readonly step: ScriptStep | undefined;
      readonly what: string;
    };

export interface ComparedDatabases {
  readonly memory: MemorySide;
  readonly postgres: PostgresSide;
  /** Tables in which a transaction id column names the row's writer. */
  readonly writtenBy: ReadonlySet<string>;
}

/** Called for each statement that both databases answered alike, or that waited in both. */
export type OnAgreement = (name: string, what: 'answered' | 'refused' | 'waited') => void;

/**
 * Runs the steps against both databases. The steps of a waiting session are queued until it is answered. At the end
 * every open transaction is committed and the tables are compared.
 */
export async function runScript(
  { memory, postgres, writtenBy }: ComparedDatabases,
  steps: readonly ScriptStep[],
  onAlike?: OnAgreement,
): Promise<Result> {
  await Promise.all([memory.reset(), postgres.reset()]);
  const queues: ScriptStep[][] = Array.from({ length: SESSIONS }, () => []);
  const current: (ScriptStep | undefined)[] = [];
  const open = new Set<number>();
  const waiting = new Set<number>();
  let atMs = 0;
  let taken = 0;

  const take = async (step: ScriptStep): Promise<Result | undefined> => {
    atMs = Math.max(atMs, step.atMs);
    taken++;
    const now = { ...step, atMs };
    current[step.session] = step;
    const [mine, real] = await Promise.all([memory.take(now), postgres.take(now)]);
    if (isAnotherVictim(mine, real)) return { kind: 'undecided', why: 'another victim of a deadlock' };
    const hasNoPlace = (session: number): boolean =>
      memory.competedForNewVersion(session) ||
      (waiting.has(session) && /\bINSERT INTO\b/i.test(current[session]!.text));
    if (isAnotherFirst(mine, real, hasNoPlace)) return { kind: 'undecided', why: 'another session was served first' };
    const what = differenceBetween(mine, real, (session) => current[session]!.text, postgres.xidColumns);
    if (what !== undefined) return { kind: 'different', after: taken, step, what };
    if (step.text === 'BEGIN') open.add(step.session);
    if (step.text === 'COMMIT' || step.text === 'ROLLBACK') open.delete(step.session);
    waiting.clear();
    for (const session of real.waiting) waiting.add(session);
    if (waiting.has(step.session)) onAlike?.(step.name, 'waited');
    for (const [session, answer] of real.answers)
      onAlike?.(current[session]!.name, 'code' in answer ? 'refused' : 'answered');
    return undefined;
  };
  const takeWhatCan = async (): Promise<Result | undefined> => {
    for (;;) {
      const session = queues.findIndex((queue, place) => queue.length > 0 && !waiting.has(place));
      if (session < 0) return undefined;
      const result = await take(queues[session]!.shift()!);
      if (result) return result;
    }
  };

  for (const step of steps) {
    queues[step.session]!.push(step);
    const result = await takeWhatCan();
    if (result) return result;
  }
  for (;;) {
    const session = [...open].find((place) => !waiting.has(place));
    if (session === undefined) break;
    const end = { session, atMs, name: 'COMMIT', text: 'COMMIT', params: [] };
    const result = (await take(end)) ?? (await takeWhatCan());
    if (result) return result;
  }
  const what =
    differenceOfTables(await memory.tables(), await postgres.tables(), postgres.xidColumns, writtenBy) ??
    differenceOfCounts(await memory.notified(), await postgres.notified());
  return what === undefined ? { kind: 'same' } : { kind: 'different', after: taken, step: undefined, what };
}

function differenceOfCounts(
  memory: Readonly<Record<string, number>>,
  postgres: Readonly<Record<string, number>>,
): string | undefined {
  for (const channel of new Set([...Object.keys(memory), ...Object.keys(postgres)])) {
    const [a, b] = [memory[channel] ?? 0, postgres[channel] ?? 0];
    if (a !== b) return `${channel} was notified ${a} times in memory, ${b} times by Postgres`;
  }
  return undefined;
}
