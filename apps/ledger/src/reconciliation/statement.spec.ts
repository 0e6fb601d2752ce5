import { describe, expect, it } from '@jest/globals';
import { StatementEventsController } from './statement-events.controller.js';
import { emptyStatement, take, type BankStatement } from './statement.js';
import { entry, page } from '../../test/statement.js';

const empty = emptyStatement('cedar');
const publish = (...given: Parameters<StatementEventsController['statementPublished']>) =>
  new StatementEventsController().statementPublished(...given);
const at = (through: number, other: Partial<BankStatement> = {}): BankStatement => ({ ...empty, through, ...other });

describe('a page of a bank’s statement', () => {
  it('is taken when it follows what is here', () => {
    expect(take(at(2), page(2, 4))).toMatchObject({ through: 4, added: [{ seq: 3 }, { seq: 4 }], again: [] });
  });

  it('completes the statement only when the bank had no more', () => {
    expect(take(empty, page(0, 2, { isLast: false, askedAt: 50 })).completeAt).toBeNull();
    expect(take(empty, page(0, 2, { askedAt: 50 })).completeAt).toBe(50);
  });

  it('tells by being empty that the bank was quiet', () => {
    expect(take(at(2, { completeAt: 50 }), page(2, 2, { askedAt: 60 }))).toMatchObject({
      through: 2,
      completeAt: 60,
      added: [],
    });
  });

  it('never takes back how late the bank was asked', () => {
    expect(take(at(2, { completeAt: 50 }), page(2, 3, { askedAt: 40 })).completeAt).toBe(50);
    expect(take(at(5, { completeAt: 50 }), page(0, 2, { askedAt: 60 })).completeAt).toBe(50);
  });

  it('was not asked for later than it came here, whatever the gateway’s clock says', () => {
    const { state } = publish(empty, page(0, 2, { askedAt: 90 }), 60);
    expect(state.completeAt).toBe(60);
    expect(publish(empty, page(0, 2, { askedAt: 50 }), 60).state.completeAt).toBe(50);
  });

  it('may come again, and is told apart from what is new', () => {
    expect(take(at(3), page(1, 4))).toMatchObject({
      through: 4,
      added: [{ seq: 4 }],
      again: [{ seq: 2 }, { seq: 3 }],
    });
  });

  it('is not taken when pages before it are missing, until they have come', () => {
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
