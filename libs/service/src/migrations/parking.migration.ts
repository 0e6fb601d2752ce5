import type { MigrationInterface, QueryRunner } from 'typeorm';
import { parkingTablesSql } from '#saga';

/** What each service's first migration made for parked events, made fit to be replayed. */
export class Parking1764100000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(parkingTablesSql);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('events parked by then could not be told from others'));
  }
}
