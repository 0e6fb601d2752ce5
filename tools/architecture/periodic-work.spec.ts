import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';

/** Files that use timers without JobRunner, with the reason: the wait ends by itself, or its failure shows elsewhere. */
const others = new Map([
  ['apps/payments-api/src/admission/turns.ts', 'a request’s own turn'],
  ['apps/payments-api/src/idempotency/answer-waiters.ts', 'a request’s own deadline'],
  ['apps/payments-api/src/idempotency/retry-transient.ts', 'a request’s own attempts'],
  ['apps/payments-api/src/webhooks/delivery/deliverer.ts', 'an attempt’s own time-out'],
  ['apps/bank-gateway/src/banks/banks.ts', 'until a bank’s clock is known; readiness and the breaker show it'],
  ['apps/bank-gateway/src/operations/performer.ts', 'an operation’s own attempts'],
  ['apps/bank-gateway/src/operations/worker.ts', 'each run goes through JobRunner, as due-operations'],
  ['apps/bank-gateway/src/statements/statement-reader.ts', 'within a run of its job'],
]);

it('periodic work runs through JobRunner, which counts its failures; no other code of a service sets timers', async () => {
  const waits: string[] = [];
  for (const service of ['payments-api', 'bank-gateway', 'ledger']) {
    const folder = `apps/${service}/src`;
    for (const file of await readdir(join(repositoryRoot, folder), { recursive: true })) {
      if (!file.endsWith('.ts') || file.endsWith('.spec.ts') || file.includes('testing/')) continue;
      const source = await readFile(join(repositoryRoot, folder, file), 'utf8');
      if (/\b(clock\.(after|sleep)|setTimeout|setInterval)\(/.test(source)) waits.push(`${folder}/${file}`);
    }
  }
  expect(waits.sort()).toEqual([...others.keys()].sort());
});
