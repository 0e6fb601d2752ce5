import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { frameSettings } from '#service';
import { gatewaySettings } from '../../apps/bank-gateway/src/settings.js';
import { ledgerSettings } from '../../apps/ledger/src/settings.js';
import { paymentsSettings } from '../../apps/payments-api/src/settings.js';
import { portTable } from '../../infra/local/ports.js';
import { repositoryRoot } from '../../infra/local/repository.js';

describe('docs/configuration.md', () => {
  const page = readFileSync(join(repositoryRoot, 'docs', 'configuration.md'), 'utf8');
  const named = (name: string): boolean => page.includes(`\`${name}\``);

  it.each([
    ['every service', frameSettings],
    ['payments-api', paymentsSettings],
    ['bank-gateway', gatewaySettings],
    ['ledger', ledgerSettings],
  ])('names every setting of %s', (_of, settings) => {
    expect(Object.keys(settings.shape).filter((name) => !named(name))).toEqual([]);
  });

  it('names every port of npm start', () => {
    const variables = Object.values(portTable).map(({ variable }) => variable.replace(/_BANK_.*/, '_BANK_<NAME>'));
    expect(variables.filter((name) => !named(name))).toEqual([]);
  });
});
