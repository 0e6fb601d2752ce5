import { describe } from '@jest/globals';
import { Server, Template, type Session } from './server.js';
import { sqlContract, type ContractConnection } from './testing/sql-contract.js';

function connectionOf(session: Session): ContractConnection {
  const submit = (
    text: string,
    values: readonly unknown[] = [],
  ): Promise<{ rows: Record<string, unknown>[]; command: string }> =>
    new Promise((resolve, reject) => {
      session.submit(text, values, (reply, command) => {
        if ('error' in reply) reject(reply.error);
        else resolve({ rows: reply.rows, command });
      });
    });
  return {
    query: async (text, values) => (await submit(text, values)).rows,
    commit: async () => (await submit('COMMIT')).command,
    waits: () => Promise.resolve(session.waits),
  };
}

describe('the Postgres in memory', () => {
  sqlContract((ddl) => {
    const template = new Template();
    template.execute(ddl);
    const server = new Server(template.storage(), {
      now: Date.now,
      soon: setImmediate,
      after: (delayMs, work) => {
        const timer = setTimeout(work, delayMs);
        return { cancel: () => clearTimeout(timer) };
      },
      lockTimeoutMs: 3_000,
    });
    return Promise.resolve({
      connect: () => Promise.resolve(connectionOf(server.connect())),
      listen: (channel, onNotify) => Promise.resolve(void server.listen(channel, onNotify)),
      close: () => Promise.resolve(),
    });
  });
});
