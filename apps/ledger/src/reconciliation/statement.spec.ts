import { describe, expect, it } from '@jest/globals';
import { StatementEventsController } from './statement-events.controller.js';
import { emptyStatement, take, type BankStatement } from './statement.js';
import { entry, page } from '../../test/statement.js';

const empty = emptyStatement('cedar');
const publish = (...given: Parameters<StatementEventsController['statementPublished']>) =>
  new StatementEventsController().statementPublished(...given);
const at = (through: number, other: Partial<BankStatement> = {}): BankStatement => ({ ...empty, through, ...other });

describe('a page of a bank’s statement', () => {
  it('is accepted when it follows the stored entries', () => {
    expect(take(at(2), page(2, 4))).toMatchObject({ through: 4, added: [{ seq: 3 }, { seq: 4 }], again: [] });
  });

  it('completes the statement only when the bank has no further entries', () => {
    expect(take(empty, page(0, 2, { isLast: false, askedAt: 50 })).completeAt).toBeNull();
    expect(take(empty, page(0, 2, { askedAt: 50 })).completeAt).toBe(50);
  });

  it('may be empty, and then only moves the time of the last read', () => {
    expect(take(at(2, { completeAt: 50 }), page(2, 2, { askedAt: 60 }))).toMatchObject({
      through: 2,
      completeAt: 60,
      added: [],
    });
  });

  it('never moves the time of the last read back', () => {
    expect(take(at(2, { completeAt: 50 }), page(2, 3, { askedAt: 40 })).completeAt).toBe(50);
    expect(take(at(5, { completeAt: 50 }), page(0, 2, { askedAt: 60 })).completeAt).toBe(50);
  });

  it('has a request time no later than its arrival, also with a gateway’s clock that is ahead', () => {
    const { state } = publish(empty, page(0, 2, { askedAt: 90 }), 60);
    expect(state.completeAt).toBe(60);
    expect(publish(empty, page(0, 2, { askedAt: 50 }), 60).state.completeAt).toBe(50);
  });

  it('may be redelivered: repeated entries are separated from new ones', () => {
    expect(take(at(3), page(1, 4))).toMatchObject({
      through: 4,
      added: [{ seq: 4 }],
      again: [{ seq: 2 }, { seq: 3 }],
    });
  });

  it('is not accepted while earlier pages are missing', () => {
    const waiting = take(at(2, { completeAt: 50 }), page(4, 6, { askedAt: 60 }));
    expect(waiting).toEqual(at(2, { completeAt: 50, missingUntil: 4 }));
    expect(take(waiting, page(2, 6, { askedAt: 70 }))).toMatchObject({
      through: 6,
      completeAt: 70,
      missingUntil: null,
    });
  });

  it('may be followed by others of the same batch', () => {
    const both = [page(0, 1, { isLast: false }), page(1, 2)].reduce(take, empty);
    expect(both).toMatchObject({ through: 2, added: [entry(1), entry(2)] });
  });
});
