import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';

const here = join(repositoryRoot, 'tools', 'architecture');

interface Violation {
  rule: string;
  path: string;
}

/** Runs in a child process, because dependency-cruiser loads its configuration with import(), which Jest does not support. */
async function violationsOf(base: string): Promise<Violation[]> {
  const program = `
    const { allViolations } = await import(${JSON.stringify(join(here, 'violations.mjs'))});
    console.log(JSON.stringify(await allViolations(${JSON.stringify(base)})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(stdout) as Violation[];
}

/** The files of each fixture that break the rule of its name. Its other files show what the rule allows. */
const culprits: Record<string, string[]> = {
  'apps-never-import-each-other': ['apps/ledger/src/hold.ts'],
  'the-product-never-imports-its-proof': ['libs/saga/src/step.ts'],
  'a-type-name-has-one-meaning': ['libs/messaging/src/outbox.ts'],
  'nothing-imports-the-simulation': ['infra/local/runtime.ts'],
  'the-simulation-runs-what-is-deployed': ['proof/simulation/src/world.ts'],
  'the-simulation-decides-nothing': ['proof/simulation/src/hold-placed.ts'],
  'libraries-never-import-apps': ['libs/money/src/money.ts'],
  'plain-files-do-no-io': ['apps/ledger/src/books.ts', 'apps/ledger/src/hold.ts'],
  'event-handlers-only-decide': [
    'apps/ledger/src/hold-events.controller.ts',
    'apps/ledger/src/hold-events.controller.ts',
    'apps/ledger/src/hold-events.controller.ts',
    'apps/ledger/src/hold.controller.ts',
    'apps/ledger/src/stray-events.controller.ts',
  ],
  'only-messaging-imports-kafkajs': ['libs/saga/src/consumer.ts'],
  'only-postgres-imports-pg': ['libs/leases/src/leases.ts'],
  'typeorm-stays-at-the-tables': ['apps/ledger/src/hold.controller.ts'],
  'only-bank-call-imports-the-resilience-libraries': [
    'apps/bank-gateway/src/bank.client.ts',
    'apps/bank-gateway/src/bank.client.ts',
  ],
  'the-saga-table-is-for-tests-and-docs': ['apps/ledger/src/ledger.module.ts'],
  'the-reference-model-is-independent': ['proof/checker/src/model/fee.ts', 'proof/checker/src/model/fee.ts'],
  'no-cycles': ['libs/money/src/format.ts'],
  'no-cycles-between-folders': ['apps/ledger/src/books/balance.ts', 'apps/ledger/src/holds/hold.ts'],
  'comments-name-their-actor': ['libs/leases/src/lease.ts', 'libs/leases/src/lease.ts'],
  'imports-resolve': ['libs/money/src/money.ts'],
  'doors-are-guarded': ['apps/bank-simulator/src/desk/bank.controller.ts', 'libs/service/src/admin-server.ts'],
  'folders-say-what-they-hold': ['libs/money/src/utils/round.ts'],
  'tests-look-at-something': ['apps/ledger/src/hold.spec.ts', 'test/hold.system.spec.ts', 'test/hold.system.spec.ts'],
  'time-and-chance-come-by-the-clock-port': [
    'apps/ledger/src/hold.ts',
    'libs/saga/src/sweeper.ts',
    'libs/saga/src/sweeper.ts',
  ],
};

describe('the architecture rules', () => {
  it.each(Object.entries(culprits))('%s reports exactly the files that break it', async (rule, paths) => {
    const violations = await violationsOf(join(here, 'fixtures', rule));
    expect(violations.map(({ rule, path }) => [rule, path])).toEqual(paths.map((path) => [rule, path]));
  });

  it('have one fixture each', async () => {
    const { default: config } = (await import(join(here, 'dependency-rules.mjs'))) as {
      default: { forbidden: { name: string }[] };
    };
    const fixtures = await readdir(join(here, 'fixtures'));
    expect(new Set(fixtures)).toEqual(new Set(Object.keys(culprits)));
    expect(fixtures).toEqual(expect.arrayContaining(config.forbidden.map(({ name }) => name)));
  });
});
