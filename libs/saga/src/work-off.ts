import { inHalves } from './in-halves.js';

/** Some of what was due fails whatever is tried; all the rest was done. */
export class RowsFailedError extends Error {
  override readonly name = 'RowsFailedError';
  readonly code = 'rows_failed';

  /** @param failures by the row's id */
  constructor(readonly failures: ReadonlyMap<string, unknown>) {
    const [[id, cause]] = [...failures] as [[string, unknown]];
    const others = failures.size > 1 ? `, and ${failures.size - 1} more` : '';
    super(`${id} fails${others}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export interface DueWork<Row> {
  /** Those that have been due longest, but for these. */
  readonly due: (limit: number, except: readonly string[]) => Promise<readonly Row[]>;
  readonly idOf: (row: Row) => string;
  /** All of them, in one transaction. */
  readonly work: (rows: readonly Row[]) => Promise<unknown>;
  readonly limit: number;
  readonly isTransient: (error: unknown) => boolean;
  readonly stopped?: AbortSignal | undefined;
}

/** With a thousand rows that fail, something is wrong with the job and not with its rows. */
const FAILURES_MAX = 1_000;

/**
 * Does what is due, in the order of due time, a page at a time, until there is no more. A row that fails is passed by:
 * it stays due and is tried again by the next run, and never holds up what comes behind it.
 *
 * @throws RowsFailedError when all the others are done; a transient error at once
 */
export async function workOff<Row>(parts: DueWork<Row>): Promise<void> {
  const { due, idOf, work, limit, isTransient, stopped } = parts;
  const failures = new Map<string, unknown>();
  let before: ReadonlySet<string> = new Set();
  for (;;) {
    if (stopped?.aborted || failures.size >= FAILURES_MAX) break;
    const rows = await due(limit, [...failures.keys()]);
    // Done and due all the same: another one has it locked, or knows better. It is left to the next run.
    if (rows.every((row) => before.has(idOf(row)))) break;
    before = new Set(rows.map(idOf));
    const results = (some: readonly Row[]) => work(some).then(() => some);
    const outcomes = await inHalves(rows, results, isTransient);
    for (const [place, outcome] of outcomes.entries())
      if (outcome.kind === 'failed') failures.set(idOf(rows[place]!), outcome.error);
    if (rows.length < limit) break;
  }
  if (failures.size > 0) throw new RowsFailedError(failures);
}
