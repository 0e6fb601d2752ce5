import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { describe, expect, it } from '@jest/globals';
import { bank, ledger } from '#contracts';
import { usd } from '#money';
import { become, Decides, type AggregateType, type Decision } from '#saga';
import { stepsOf } from './event-handlers.js';

const sums: AggregateType<number> = { kind: 'sum', keyName: ({ chargeId }) => chargeId, restate: () => [] };

@Controller()
class SumEvents {
  constructor(private readonly factor: number) {}

  // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- as in an event controller
  @EventPattern<string>('ledger.hold_placed.v1')
  @Decides(sums, ledger.holdPlaced)
  holdPlaced(sum: number, { amount }: ledger.HoldPlaced, now: number): Decision<number> {
    return become(sum + this.factor * amount.amountMinor + now);
  }

  notAHandler(): void {}
}
const held = { chargeId: 'ch_1', account: 'acct_1', amount: usd(3), capture: 'automatic' } as const;

describe('the handlers of a controller', () => {
  it('are its methods, bound to it', () => {
    const [step, ...others] = stepsOf([new SumEvents(100)]);
    expect(others).toEqual([]);
    expect(step).toMatchObject({ on: ledger.holdPlaced, aggregate: sums });
    expect(step!.keyOf(held)).toBe(held);
    expect(step!.decide(1, held, 20, undefined)).toMatchObject({ state: 321, changed: true });
  });

  it('are none for a controller without event handlers', () => {
    expect(stepsOf([new Map()])).toEqual([]);
  });

  it('have both decorators or neither', () => {
    class OnlyNest {
      @EventPattern('ledger.hold_placed.v1')
      holdPlaced(_data: unknown): void {}
    }
    expect(() => stepsOf([new OnlyNest()])).toThrow('OnlyNest.holdPlaced handles "ledger.hold_placed.v1" and lacks');
    class OnlyOurs {
      @Decides(sums, ledger.holdPlaced)
      holdPlaced(sum: number): Decision<number> {
        return become(sum);
      }
    }
    expect(() => stepsOf([new OnlyOurs()])).toThrow(
      "OnlyOurs.holdPlaced decides on an event and lacks @EventPattern<string>('ledger.hold_placed.v1')",
    );
  });

  it('handle the one event that both decorators name', () => {
    class Mistaken {
      @EventPattern('ledger.hold_refused.v1')
      @Decides(sums, ledger.holdPlaced)
      holdPlaced(sum: number): Decision<number> {
        return become(sum);
      }
    }
    expect(() => stepsOf([new Mistaken()])).toThrow('Mistaken.holdPlaced: @EventPattern and @Decides name different');
    class Both {
      @EventPattern(['ledger.hold_placed.v1', 'bank.capture_succeeded.v1'])
      @Decides(sums, bank.captureSucceeded)
      either(sum: number): Decision<number> {
        return become(sum);
      }
    }
    expect(() => stepsOf([new Both()])).toThrow('Both.either: @EventPattern and @Decides name different events');
  });

  it('send no reply', () => {
    class Answers {
      @MessagePattern('sum')
      sum(): number {
        return 1;
      }
    }
    expect(() => stepsOf([new Answers()])).toThrow('Answers.sum handles "sum" and lacks @Decides');
    class Decided {
      @MessagePattern('ledger.hold_placed.v1')
      @Decides(sums, ledger.holdPlaced)
      holdPlaced(sum: number): Decision<number> {
        return become(sum);
      }
    }
    expect(() => stepsOf([new Decided()])).toThrow('lacks @EventPattern<string>');
  });
});
