import type { Server } from '#memory-postgres';
import type { Sql } from '#postgres';

/** A database session of the simulation itself, without network and latency. */
export function directSession(server: Server): Sql {
  const session = server.connect();
  return {
    query: <Row extends object>({ text }: { text: string }, values: readonly unknown[] = []) =>
      new Promise<Row[]>((resolve, reject) =>
        session.submit(text, values, (reply) =>
          'error' in reply ? reject(reply.error) : resolve(reply.rows as unknown as Row[]),
        ),
      ),
  };
}
