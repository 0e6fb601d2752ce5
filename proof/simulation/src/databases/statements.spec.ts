import { describe, expect, it } from '@jest/globals';
import { knownStatements } from '#postgres';
import { define } from '../service/service-definition.js';
import { roots } from '../service/roots.js';

/** Statements of operators' commands, which no simulated process runs. */
const neverRun = new Set(['ledger.state_snapshot', 'balance_miscounted']);

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
