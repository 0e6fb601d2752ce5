import type { Duplex } from 'node:stream';
import pg, { type ClientBase, type QueryResult } from 'pg';
import type { BoundStatement, StatementOutcome } from './connection.js';

/** What pg has beyond its types: the wire, and a query as pg's client calls it. */
interface Wire {
  readonly stream: Duplex;
  readonly parsedStatements: Record<string, string | undefined>;
  readonly submittedNamedStatements: Record<string, string | undefined>;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly unknown[] }): void;
  describe(message: { type: 'P' }): void;
  execute(message: object): void;
  sync(): void;
}

type Callback = (error: Error | null, results: QueryResult | QueryResult[]) => void;

interface WireQuery {
  /** At a ParseComplete the client notes this statement as parsed. */
  name: string;
  text: string;
  handleCommandComplete(message: unknown, wire: Wire): void;
  handleError(error: Error, wire: Wire): void;
}

const Query = pg.Query as unknown as new (config: BoundStatement, callback: Callback) => WireQuery;
const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } }).utils;

/** Sends the statements in one write, under one Sync. See `PipelinedConnection`. */
export function sendPipeline(
  client: ClientBase,
  statements: readonly BoundStatement[],
): Promise<readonly StatementOutcome[]> {
  const serialized = statements.map((statement) => ({ ...statement, values: statement.values.map(prepareValue) }));
  return new Promise((resolve, reject) => {
    const pipeline = new Pipeline(serialized, (error, results) => (error ? reject(error) : resolve([results].flat())));
    client.query(pipeline as never);
  });
}

/** pg's own pipeline mode sends a Sync per query. As the query that it is to pg, this has several statements under one. */
class Pipeline extends Query {
  #answered = 0;

  constructor(
    private readonly statements: readonly BoundStatement[],
    callback: Callback,
  ) {
    super(statements[0]!, callback);
  }

  /** Called by pg's client. */
  submit(wire: Wire): null {
    wire.stream.cork();
    for (const { name, text, values } of this.statements) {
      // Each Parse replaces the unnamed statement.
      if (name === '') wire.parse({ name, text });
      else if (wire.parsedStatements[name] === undefined && wire.submittedNamedStatements[name] === undefined) {
        wire.parse({ name, text });
        wire.submittedNamedStatements[name] = text;
      }
      wire.bind({ statement: name, values });
      wire.describe({ type: 'P' });
      wire.execute({});
    }
    wire.sync();
    wire.stream.uncork();
    return null;
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    super.handleCommandComplete(message, wire);
    const next = this.statements[++this.#answered];
    if (next) [this.name, this.text] = [next.name, next.text];
  }

  override handleError(error: Error, wire: Wire): void {
    // The server skipped the Parse messages behind the failed statement.
    for (const { name } of this.statements) delete wire.submittedNamedStatements[name];
    super.handleError(error, wire);
  }
}
