/** One statement of one session. `BEGIN`, `COMMIT` and `ROLLBACK` are statements too. */
export interface ScriptStep {
  readonly session: number;
  /** The database's clock at this step, in milliseconds since the epoch. It never goes back. */
  readonly atMs: number;
  readonly name: string;
  readonly text: string;
  readonly params: readonly unknown[];
}

export const SESSIONS = 3;

/** A statement's result. */
export type StatementResult =
  | { readonly rows: readonly ResultRow[]; readonly command?: string }
  /** SQLSTATE, and the constraint that was violated. */
  | { readonly code: string; readonly constraint: string | undefined }
  /** The database in memory does not implement the statement. */
  | { readonly notSupported: string };

export type ResultRow = Readonly<Record<string, unknown>>;

/** Observed after a step, once every session has answered or waits for a lock. */
export interface ScriptObservation {
  readonly answers: ReadonlyMap<number, StatementResult>;
  readonly waiting: readonly number[];
}

/** One of the two databases of a comparison. */
export interface ComparedDatabase {
  /** Restores the rows that the migrations wrote, and ends all open transactions. */
  reset(): Promise<void>;
  /** Runs a statement in its session, which must not be waiting, until each session has answered or waits for a lock. */
  take(step: ScriptStep): Promise<ScriptObservation>;
  /** Notifications per channel since the reset. */
  notified(): Promise<Readonly<Record<string, number>>>;
  /** Every row of every table. */
  tables(): Promise<Readonly<Record<string, readonly ResultRow[]>>>;
  close(): Promise<void>;
}

const letters = 'ABC';

/** The script as text for a person to replay: one statement per line, with the letter of its session. */
export function formatScript(steps: readonly ScriptStep[]): string {
  return steps
    .map(({ session, atMs, name, text, params }) => {
      const given = params.length === 0 ? '' : `\n     with ${JSON.stringify(params)}`;
      return `${letters[session]}> ${text.replaceAll(/\s+/g, ' ').trim()}${given}${name === text ? '' : `\n     (${name}, at ${new Date(atMs).toISOString()})`}`;
    })
    .join('\n');
}
