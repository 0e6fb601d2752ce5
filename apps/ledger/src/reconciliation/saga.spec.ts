import { describe, expect, it } from '@jest/globals';
import { bank, ledger } from '#contracts';
import { sagaTable } from '../../../../libs/contracts/src/saga-table.js';
import { stepsOfModules } from '../../../../libs/messaging/src/testing/steps-of-modules.js';
import { page } from '../../test/statement.js';
import { accounts, graceMs, noon, stated } from '../../test/two-accounts.js';
import { differenceFound } from './difference.js';
import { judge } from './reconciliation.js';
import { ReconciliationModule } from './reconciliation.module.js';
import { StatementEventsController } from './statement-events.controller.js';
import { emptyStatement } from './statement.js';

const controller = new StatementEventsController();
const rowOf = (on: (typeof sagaTable)[number]['on']) =>
  sagaTable.find((row) => row.service === 'ledger' && row.on === on)!;

describe('reconciliation’s part of the saga', () => {
  it('is wired as the table says', () => {
    expect(stepsOfModules(ReconciliationModule).map(({ on }) => on)).toEqual([bank.statementPublished]);
  });

  it('emits nothing for a statement, and differences when the books are compared', () => {
    expect(controller.statementPublished(emptyStatement('cedar'), page(0, 2), noon).emit).toEqual([]);
    expect(rowOf(bank.statementPublished).emits).toEqual([]);
    const suspect = { ...accounts([stated('capture', 'c1')], []), since: noon, open: [] };
    const [reported] = judge([suspect], graceMs).reported;
    expect(rowOf('the books are compared').emits).toEqual([ledger.differenceFound]);
    expect(differenceFound(reported!, 0)!.type).toBe(ledger.differenceFound.type);
  });
});
