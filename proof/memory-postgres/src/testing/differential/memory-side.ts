import { Server, type Session, type Template } from '../../server.js';
import { DataError } from '../../sql-type.js';
import { NotSupported } from '../../syntax.js';
import {
  SESSIONS,
  type StatementResult,
  type ScriptObservation,
  type ResultRow,
  type ComparedDatabase,
  type ScriptStep,
} from './script.js';

/** The database in memory, with the script's clock. */
export class MemorySide implements ComparedDatabase {
  #server!: Server;
  #sessions: Session[] = [];
  #soon: (() => void)[] = [];
  #nowMs = 0;
  readonly #waiting = new Set<number>();
  #competing = new Set<number>();
  #heard = new Map<string, number>();
  #answers = new Map<number, StatementResult>();

  constructor(
    private readonly template: Template,
    private readonly channels: readonly string[],
  ) {}

  reset(): Promise<void> {
    this.#soon = [];
    this.#waiting.clear();
    this.#heard = new Map();
    this.#server = new Server(this.template.storage(), {
      now: () => this.#nowMs,
      soon: (work) => void this.#soon.push(work),
      after: () => ({ cancel: () => undefined }),
    });
    this.#sessions = Array.from({ length: SESSIONS }, () => this.#server.connect());
    for (const channel of this.channels) {
      this.#server.listen(channel, () => this.#heard.set(channel, (this.#heard.get(channel) ?? 0) + 1));
    }
    return Promise.resolve();
  }

  take({ session, atMs, text, params }: ScriptStep): Promise<ScriptObservation> {
    this.#nowMs = atMs;
    const awaited = [...this.#waiting].map((place) => {
      const row = this.#server.rowAwaitedBy(this.#sessions[place]!)!;
      return { place, row, csn: row.committedCsn };
    });
    const answers = (this.#answers = new Map<number, StatementResult>());
    this.#waiting.add(session);
    try {
      this.#sessions[session]!.submit(text, structuredClone(params), (reply, command) => {
        this.#waiting.delete(session);
        this.#answers.set(
          session,
          'error' in reply
            ? codeOf(reply.error)
            : { rows: structuredClone(reply.rows), ...(isEnd(text) && { command }) },
        );
      });
      for (let work = this.#soon.shift(); work; work = this.#soon.shift()) work();
    } catch (error) {
      if (!(error instanceof NotSupported)) throw error;
      answers.set(session, { notSupported: error.message });
    }
    this.#competing = new Set(awaited.filter(({ row, csn }) => row.committedCsn !== csn).map(({ place }) => place));
    return Promise.resolve({ answers, waiting: [...this.#waiting].sort((a, b) => a - b) });
  }

  /**
   * Whether the session had waited for a row of which the last step committed a new version. Postgres serves the waiters
   * for a row version in order, but the first one gives its place up when it follows to the new version, where all
   * compete for the lock again.
   */
  competedForNewVersion(session: number): boolean {
    return this.#competing.has(session);
  }

  notified(): Promise<Record<string, number>> {
    return Promise.resolve(Object.fromEntries(this.#heard));
  }

  tables(): Promise<Record<string, ResultRow[]>> {
    const tables: Record<string, ResultRow[]> = {};
    for (const { name } of this.#server.storage.schema.tables) {
      this.#server.connect().submit(`SELECT * FROM "${name}"`, [], (reply) => {
        if ('error' in reply) throw reply.error;
        tables[name] = reply.rows;
      });
    }
    return Promise.resolve(tables);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export const isEnd = (text: string): boolean => text === 'COMMIT' || text === 'ROLLBACK';

function codeOf(error: Error): StatementResult {
  if (!(error instanceof DataError)) throw error;
  return { code: error.code, constraint: error.constraint };
}
