import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';

/** What waits by the clock in a service and is no periodic job: it ends, or its failure is seen otherwise. */
const others = new Map([
  ['apps/payments-api/src/admission/turns.ts', 'a request’s own turn'],
  ['apps/payments-api/src/idempotency/answer-waiters.ts', 'a request’s own deadline'],
  ['apps/payments-api/src/idempotency/retry-transient.ts', 'a request’s own attempts'],
  ['apps/bank-gateway/src/banks/banks.ts', 'until a bank has told its time; readiness and the breaker say so'],
  ['apps/bank-gateway/src/operations/performer.ts', 'an operation’s own attempts'],
  ['apps/bank-gateway/src/operations/worker.ts', 'each look runs through JobRunner, as due-operations'],
  ['apps/bank-gateway/src/statements/statement-reader.ts', 'within a run of its job'],
]);

it('runs through JobRunner, so that its failure is counted: nothing else in a service waits by the clock', async () => {
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
