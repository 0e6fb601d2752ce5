import { describe } from '@jest/globals';
import { Client, types } from 'pg';
import { testDatabase } from '#testing';
import { sqlContract, type ContractConnection } from './testing/sql-contract.js';

const INT8 = 20;
const parserOf = types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown;
const numbers = { getTypeParser: (oid: number, format?: string) => (oid === INT8 ? Number : parserOf(oid, format)) };

describe('Postgres itself', () => {
  sqlContract(async (ddl) => {
    const test = await testDatabase('sql_contract');
    const url = new URL(test.url);
    url.pathname = test.name;
    const clients: Client[] = [];
    const open = async (): Promise<Client> => {
      const client = new Client({
        connectionString: url.href,
        options: '-c lock_timeout=5000',
        types: numbers,
      });
      await client.connect();
      clients.push(client);
      return client;
    };
    const looker = await open();
    await looker.query(ddl);
    const connect = async (): Promise<ContractConnection> => {
      const client = await open();
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const { pid } = rows[0]!;
      return {
        query: async (text, values = []) => (await client.query<Record<string, unknown>>(text, [...values])).rows,
        commit: async () => (await client.query('COMMIT')).command,
        waits: async () =>
          (await looker.query('SELECT FROM pg_locks WHERE NOT granted AND pid = $1', [pid])).rowCount !== 0,
      };
    };
    return {
      connect,
      listen: async (channel, onNotify) => {
        const client = await open();
        client.on('notification', onNotify);
        await client.query(`LISTEN ${channel}`);
      },
      close: async () => {
        await Promise.all(clients.map((client) => client.end()));
        await test.drop();
      },
    };
  });
});
