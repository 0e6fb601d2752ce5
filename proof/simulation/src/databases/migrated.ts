import { Template } from '#memory-postgres';
import type { MigrateOptions } from '#postgres';

type Migration = MigrateOptions['migrations'][number];

/** Fewer worker ids than in production, because every world copies their rows. */
export const KEPT_WORKER_IDS = 'DELETE FROM worker_id WHERE id >= 16';

/** A template database, made by the service's own migrations. */
export async function migrated(migrations: readonly Migration[]): Promise<Template> {
  const template = new Template();
  // The part of TypeORM's QueryRunner that the migrations use.
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
