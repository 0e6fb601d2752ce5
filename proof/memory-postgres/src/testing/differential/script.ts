/** One statement that one of the sessions gives. `BEGIN`, `COMMIT` and `ROLLBACK` are statements too. */
export interface ScriptStep {
  readonly session: number;
  /** What the database's clock says by then, in milliseconds since the epoch; it never goes back. */
  readonly atMs: number;
  readonly name: string;
  readonly text: string;
  readonly params: readonly unknown[];
}

export const SESSIONS = 3;

/** What a statement came to. */
export type StatementResult =
  | { readonly rows: readonly ResultRow[]; readonly command?: string }
  /** SQLSTATE, and the constraint that was violated. */
  | { readonly code: string; readonly constraint: string | undefined }
  /** The database in memory says that it does not know such SQL. */
  | { readonly notSupported: string };

export type ResultRow = Readonly<Record<string, unknown>>;

/** What is to be seen once nothing moves any more: every session has answered or waits for a lock. */
export interface ScriptObservation {
  readonly answers: ReadonlyMap<number, StatementResult>;
  readonly waiting: readonly number[];
}

/** One of the two databases that a script runs against. */
export interface ComparedDatabase {
  /** As after the migrations, with sessions that have done nothing yet. */
  reset(): Promise<void>;
  /** Gives the statement to its session, which must not be waiting, and looks on until nothing moves. */
  take(step: ScriptStep): Promise<ScriptObservation>;
  /** How often a commit has notified each channel since the reset. */
  notified(): Promise<Readonly<Record<string, number>>>;
  /** Every row of every table. */
  tables(): Promise<Readonly<Record<string, readonly ResultRow[]>>>;
  close(): Promise<void>;
}

const letters = 'ABC';

/** For a person to replay: a line a statement, with the letter of its session. */
export function inWords(steps: readonly ScriptStep[]): string {
  return steps
    .map(({ session, atMs, name, text, params }) => {
      const given = params.length === 0 ? '' : `\n     with ${JSON.stringify(params)}`;
      return `${letters[session]}> ${text.replaceAll(/\s+/g, ' ').trim()}${given}${name === text ? '' : `\n     (${name}, at ${new Date(atMs).toISOString()})`}`;
    })
    .join('\n');
}
