import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import { Column, Entity, IsNull, MoreThan, PrimaryColumn } from 'typeorm';
import type { Sql } from '../transaction.js';
import { isTransientError } from '../transient.js';
import { int8, instant, key, optional } from './columns.js';
import { entitiesOver } from './entity-data-source.js';

@Entity('parcel')
class ParcelEntity {
  @PrimaryColumn(key) id!: string;
  @Column(int8) weightGrams!: number;
  @Column(optional(instant)) sentAt!: number | null;
}

/** Answers each statement with given rows, and records the statements. */
class Recorded implements Sql {
  readonly asked: [string, readonly unknown[]][] = [];

  constructor(private readonly rows: object[] = []) {}

  query<Row extends object>({ text }: { text: string }, values: readonly unknown[] = []): Promise<Row[]> {
    this.asked.push([text, values]);
    return Promise.resolve(this.rows as Row[]);
  }
}

const entities = [ParcelEntity];

describe('entities over a database of ours', () => {
  it('send no statement before their first use', async () => {
    const sql = new Recorded();
    await entitiesOver(sql, entities);
    expect(sql.asked).toEqual([]);
  });

  it('name columns in snake case, and read int8 and timestamptz as numbers', async () => {
    const row = { ParcelEntity_id: 'p_1', ParcelEntity_weight_grams: 7, ParcelEntity_sent_at: 0 };
    const sql = new Recorded([row]);
    const parcels = (await entitiesOver(sql, entities)).getRepository(ParcelEntity);
    expect(await parcels.findOneBy({ sentAt: MoreThan(5) })).toEqual({ id: 'p_1', weightGrams: 7, sentAt: 0 });
    expect(sql.asked).toEqual([
      [expect.stringContaining('"ParcelEntity"."sent_at" > $1'), ['1970-01-01T00:00:00.005Z']],
    ]);
  });

  it('reject an int8 beyond the safe integers', async () => {
    const sql = new Recorded([{ ParcelEntity_id: 'p_1', ParcelEntity_weight_grams: '9007199254740993' }]);
    const parcels = (await entitiesOver(sql, entities)).getRepository(ParcelEntity);
    await expect(parcels.findOneBy({ sentAt: IsNull() })).rejects.toThrow(
      'int8 beyond a safe integer: 9007199254740993',
    );
  });

  it('separate two databases that share one list of entities', async () => {
    const [one, other] = [new Recorded(), new Recorded()];
    const ofOne = await entitiesOver(one, entities);
    await entitiesOver(other, entities);
    await ofOne.getRepository(ParcelEntity).insert({ id: 'p_2', weightGrams: 1, sentAt: null });
    expect(one.asked).toEqual([[expect.stringContaining('INSERT INTO "parcel"'), ['p_2', 1, null]]]);
    expect(other.asked).toEqual([]);
  });

  it('reject with the driver’s error, so that transient errors are recognized, and no parameter is logged', async () => {
    const restarting = Object.assign(new DatabaseError('the database system is starting up', 0, 'error'), {
      code: '57P03',
    });
    const away: Sql = { query: () => Promise.reject(restarting) };
    const parcels = (await entitiesOver(away, entities)).getRepository(ParcelEntity);
    const parcel = { id: 'p_4', weightGrams: 1, sentAt: null };
    const attempts = [
      parcels.findOneBy({ id: 'p_4' }),
      parcels.insert(parcel),
      parcels.save(parcel, { transaction: false }),
      parcels.createQueryBuilder().update().set({ weightGrams: 2 }).where({ id: 'p_4' }).execute(),
      parcels.delete({ id: 'p_4' }),
      parcels.query('SELECT $1', ['p_4']),
    ];
    const reasons = await Promise.all(attempts.map((attempt) => attempt.catch((error: unknown) => error)));
    expect(reasons.map((reason) => reason === restarting)).toEqual(attempts.map(() => true));
    expect(isTransientError(restarting)).toBe(true);
  });

  it('open no transaction, since it would be no unit of work', async () => {
    const parcels = (await entitiesOver(new Recorded(), entities)).getRepository(ParcelEntity);
    const parcel = { id: 'p_3', weightGrams: 1, sentAt: null };
    await expect(parcels.save(parcel)).rejects.toThrow('TypeORM opens no transaction here');
    expect(await parcels.save(parcel, { transaction: false })).toMatchObject(parcel);
  });
});
