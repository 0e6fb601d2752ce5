import { describe, expect, it } from '@jest/globals';
import type { DynamicModule } from '@nestjs/common';
import { bank, ledger } from '#contracts';
import { sagaTable } from '../../../../libs/contracts/src/saga-table.js';
import { page } from '../../test/statement.js';
import { accounts, graceMs, noon, stated } from '../../test/two-accounts.js';
import { differenceFound } from './difference.js';
import { onStatementPublished } from './on-statement-published.js';
import { judge } from './reconciliation.js';
import { ReconciliationModule } from './reconciliation.module.js';
import { emptyStatement } from './statement.js';

const rowOf = (on: (typeof sagaTable)[number]['on']) =>
  sagaTable.find((row) => row.service === 'ledger' && row.on === on)!;

describe('reconciliation’s part of the saga', () => {
  it('is wired as the table says', () => {
    const [feature] = Reflect.getMetadata('imports', ReconciliationModule) as DynamicModule[];
    const [controller] = feature!.controllers!;
    const wired = Object.getOwnPropertyNames(controller!.prototype).filter((name) => name !== 'constructor');
    expect(wired).toEqual([bank.statementPublished.type]);
  });

  it('says nothing to a statement, and what differs when the books are compared', () => {
    expect(onStatementPublished.decide(emptyStatement('cedar'), page(0, 2), noon).emit).toEqual([]);
    expect(rowOf(bank.statementPublished).emits).toEqual([]);
    const suspect = { ...accounts([stated('capture', 'c1')], []), since: noon, open: [] };
    const [said] = judge([suspect], graceMs).said;
    expect(rowOf('the books are compared').emits).toEqual([ledger.differenceFound]);
    expect(differenceFound(said!, 0)!.type).toBe(ledger.differenceFound.type);
  });
});
