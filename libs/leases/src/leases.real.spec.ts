import { describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { realDatabaseWorld } from '../../postgres/src/testing/real-database-world.js';
import { LeaseRepository } from './lease.repository.js';
import { leaseTableSql } from './lease-table.js';
import { Leases } from './leases.js';
import { hold, leaseContract, quick } from './testing/lease-contract.js';

describe('Leases', () => {
  leaseContract((ddl) => realDatabaseWorld('leases', ddl));

  it('are created once, however many processes request a name at the same time', async () => {
    const world = await realDatabaseWorld('leases', leaseTableSql);
    const database = await world.open({ maxConnections: 4 });
    const repositories = Array.from({ length: 4 }, () => new LeaseRepository(database));
    for (let time = 0; time < 1_500; time++) {
      const wanted = [`never-taken-${time}`];
      const rounds = await Promise.all(
        repositories.map((repository, n) =>
          repository.round({ holder: `h${n}`, ttlMs: 60_000, held: [], wanted, groups: [] }),
        ),
      );
      expect(rounds.flatMap(({ granted }) => granted.map(({ name }) => name))).toEqual(wanted);
    }
    await world.close();
  });

  it('are not trusted by a process that thaws, before its timers have run', async () => {
    const world = await realDatabaseWorld('leases', leaseTableSql);
    const database = await world.open({ maxConnections: 2 });
    const leases = new Leases({ database, holder: 'a', clock: world.clock, ...quick });
    const leader = hold(leases, 'job');
    await eventually('a leads', () => leader.lease);
    // Blocks the whole process, as SIGSTOP does, for longer than its lease.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, quick.ttlMs + 100);
    expect(leader.lease!.isTrusted()).toBe(false);
    await eventually('a was told to stop', () => leader.lost === 1);
    await eventually('a leads again', () => leader.lease!.isTrusted());
    expect(leader.lease).toMatchObject({ epoch: 2 });
    await leases.close();
    await world.close();
  });
});
