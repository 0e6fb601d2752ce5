import { Template } from '#memory-postgres';
import type { MigrateOptions } from '#postgres';

type Migration = MigrateOptions['migrations'][number];

/** Nobody here needs a thousand worker ids, and every world would copy them. */
export const KEPT_WORKER_IDS = 'DELETE FROM worker_id WHERE id >= 16';

/** A database in memory as the service's own migrations leave it. */
export async function migrated(migrations: readonly Migration[]): Promise<Template> {
  const template = new Template();
  // All that a migration of ours asks of TypeORM.
  const runner = {
    query: (sql: string) => {
      template.execute(sql);
      return Promise.resolve([]);
    },
  } as unknown as Parameters<InstanceType<Migration>['up']>[0];
  for (const Each of migrations) await new Each().up(runner);
  template.execute(KEPT_WORKER_IDS);
  return template;
}
