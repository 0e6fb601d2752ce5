import type { MigrationInterface, QueryRunner } from 'typeorm';
import { parkingTablesSql } from '#saga';

/** Makes the table of parked events, from each service's first migration, replayable. */
export class Parking1764100000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(parkingTablesSql);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('events parked by then could not be told from others'));
  }
}
