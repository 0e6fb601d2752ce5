import { describe, expect, it } from '@jest/globals';
import { Server } from '#memory-postgres';
import { knownStatements } from '#postgres';
import { define } from '../service/service-definition.js';
import { roots } from '../service/roots.js';

const timeless = { now: () => 0, soon: (work: () => void) => work(), after: () => ({ cancel: () => undefined }) };

/** Commands for people, which nothing in a simulation gives. */
const neverRun = new Set(['ledger.state_snapshot', 'balance_miscounted']);

describe('statements of the services', () => {
  it('are all understood by the Postgres in memory', async () => {
    const services = await Promise.all(roots.map(define));
    const servers = services.map(({ database }) => new Server(database.storage(), timeless));
    const run = knownStatements().filter(({ name }) => !neverRun.has(name));
    const misunderstood = run.flatMap(({ name, text }) => {
      const problems = servers.map((server) => server.problemWith(text));
      return problems.includes(undefined) ? [] : [`${name}: ${problems.join(' | ')}`];
    });
    expect(misunderstood).toEqual([]);
  });
});
