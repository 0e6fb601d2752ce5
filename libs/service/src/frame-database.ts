import type { ServiceDatabase, TableRights } from '#postgres';
import { frameMigrations } from './migrations/index.js';

/** Of the service, at the frame's tables: the same in every service's database. */
const service: TableRights = {
  inbox: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  lease: ['SELECT', 'INSERT', 'UPDATE'],
  lease_contender: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  migrations: ['SELECT'],
  outbox: ['SELECT', 'INSERT', 'DELETE'],
  parked_event: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  parked_key: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  worker_id: ['SELECT', 'UPDATE'],
};

/** Of operators' commands: `holdfast parked`, and `holdfast verify`, which waits until nothing is under way. */
const operators: TableRights = {
  lease: ['SELECT'],
  outbox: ['SELECT'],
  parked_event: ['SELECT', 'UPDATE'],
  parked_key: ['SELECT', 'UPDATE', 'DELETE'],
};

/** The service's database with the frame's tables in it. Their migrations run after the service's first. */
export function withFrameTables({ name, migrations, rights }: ServiceDatabase): ServiceDatabase {
  return {
    name,
    migrations: [...migrations, ...frameMigrations],
    rights: { service: { ...service, ...rights.service }, operators: { ...operators, ...rights.operators } },
  };
}
