import { inHalves } from './in-halves.js';

/** Some due rows fail with errors that are not transient; all others were processed. */
export class RowsFailedError extends Error {
  override readonly name = 'RowsFailedError';
  readonly code = 'rows_failed';

  /** @param failures errors by row id */
  constructor(readonly failures: ReadonlyMap<string, unknown>) {
    const [[id, cause]] = [...failures] as [[string, unknown]];
    const others = failures.size > 1 ? `, and ${failures.size - 1} more` : '';
    super(`${id} fails${others}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export interface DueWork<Row> {
  /** Due rows, the longest due first, without `except`. */
  readonly due: (limit: number, except: readonly string[]) => Promise<readonly Row[]>;
  readonly idOf: (row: Row) => string;
  /** Processes the rows in one transaction. */
  readonly work: (rows: readonly Row[]) => Promise<unknown>;
  readonly limit: number;
  readonly isTransient: (error: unknown) => boolean;
  readonly stopped?: AbortSignal | undefined;
}

/** A run ends after this many failures: the job is then at fault, and not its rows. */
const FAILURES_MAX = 1_000;

/**
 * Processes due rows page by page, in the order of due time. A row that fails is skipped: it stays due for the next
 * run, and blocks no other row.
 *
 * @throws RowsFailedError after all other rows were processed; a transient error at once
 */
export async function workOff<Row>(parts: DueWork<Row>): Promise<void> {
  const { due, idOf, work, limit, isTransient, stopped } = parts;
  const failures = new Map<string, unknown>();
  let before: ReadonlySet<string> = new Set();
  for (;;) {
    if (stopped?.aborted || failures.size >= FAILURES_MAX) break;
    const rows = await due(limit, [...failures.keys()]);
    // Processed but still due: another transaction has the row locked. Leave it to the next run.
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
