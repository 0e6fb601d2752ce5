import { describe, expect, it } from '@jest/globals';
import type { DynamicModule } from '@nestjs/common';
import { bank, ledger } from '#contracts';
import { sagaTable } from '../../../../libs/contracts/src/saga-table.js';
import { approved, captured, chargeId, voided } from '../../test/charge.js';
import { decide, steps } from '../../test/given.js';
import { unlimited } from '../accounts/account-limits.js';
import { noHold } from './hold.js';
import { TransfersModule } from './transfers.module.js';

const rows = sagaTable.filter(({ service }) => service === 'ledger');
const typeOf = (on: (typeof rows)[number]['on']): string => (typeof on === 'string' ? on : on.type);

/** The event types that Nest will find handlers for. */
function wired(): string[] {
  const [feature] = Reflect.getMetadata('imports', TransfersModule) as DynamicModule[];
  const [controller] = feature!.controllers!;
  return Object.getOwnPropertyNames(controller!.prototype).filter((name) => name !== 'constructor');
}

/** Every way in which a charge goes through the ledger; the last comes of a replay, where events may be out of order. */
const ways = [
  [approved(), captured()],
  [approved(), voided({ cause: 'capture_failed', refusalCode: 'expired_card' })],
  [approved({ fault: 'tok_fault_ledger_refuse' }), voided()],
  [captured(), approved()],
];

describe('the ledger’s part of the saga', () => {
  it('is wired as the table says', () => {
    expect(wired().sort()).toEqual(rows.map(({ on }) => typeOf(on)).sort());
    expect(wired().sort()).toEqual(steps.map(({ on }) => on.type).sort());
  });

  it('emits what the table says, and all of it', () => {
    const emitted = new Map<string, Set<string>>();
    for (const events of ways) {
      let hold: Parameters<typeof decide>[0] = noHold(chargeId, unlimited);
      for (const event of events) {
        const decision = decide(hold, event);
        hold = decision.state;
        const types = emitted.get(event.type) ?? new Set();
        for (const { type } of decision.emit) types.add(type);
        emitted.set(event.type, types);
      }
    }
    for (const { on, emits } of rows) {
      expect([...(emitted.get(typeOf(on)) ?? [])].sort()).toEqual(emits.map(({ type }) => type).sort());
    }
  });

  it('has the void as the compensation of the hold', () => {
    const compensation = rows.find(({ kind }) => kind === 'compensation');
    expect(compensation?.on).toBe(bank.authorizationVoided);
    expect(compensation?.compensates).toBe(ledger.holdPlaced);
  });
});
