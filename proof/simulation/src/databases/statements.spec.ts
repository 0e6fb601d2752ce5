import { describe, expect, it } from '@jest/globals';
import { knownStatements } from '#postgres';
import { define } from '../service/service-definition.js';
import { roots } from '../service/roots.js';

/** Operators' commands, and the check of a provisioned database at start: no simulated process runs them. */
const neverRun = new Set(['ledger.state_snapshot', 'balance_miscounted', 'postgres.migrated']);

describe('statements of the services', () => {
  it('all compile in the Postgres in memory', async () => {
    const services = await Promise.all(roots.map(define));
    const run = knownStatements().filter(({ name }) => !neverRun.has(name));
    const misunderstood = run.flatMap(({ name, text }) => {
      const problems = services.map(({ database }) => database.problemWith(text));
      return problems.includes(undefined) ? [] : [`${name}: ${problems.join(' | ')}`];
    });
    expect(misunderstood).toEqual([]);
  });
});
