import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The trigger that bounds refunds locks transfers, which takes a right to update them. The ledger's login has none, so
 * the trigger runs as the owner of the tables.
 */
export class RefundsBoundedByOwner1764000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Without a search path of its own, it would take tables of the caller's making for the books.
    await runner.query('ALTER FUNCTION refuse_excess_refunds() SECURITY DEFINER SET search_path = public, pg_temp');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER FUNCTION refuse_excess_refunds() SECURITY INVOKER RESET search_path');
  }
}
