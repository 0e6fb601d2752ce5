import { describe, expect, it } from '@jest/globals';
import type { Instant } from '#clock';
import { bank } from '#contracts';
import { Decides, decidedBy } from './decides.decorator.js';
import { unchanged, type AggregateType, type ChargeKey, type Decision } from './step.js';

interface Open {
  readonly state: 'open';
}
type Door = Open | { readonly state: 'shut' };
const doors: AggregateType<Door, ChargeKey, number> = {
  kind: 'door',
  keyName: ({ chargeId }) => chargeId,
  restate: () => [],
};

class DoorEvents {
  @Decides(doors, bank.captureSucceeded)
  whole(door: Door, { amount }: bank.CaptureSucceeded, now: Instant, width: number): Decision<Door> {
    return amount.amountMinor > now + width ? unchanged(door) : unchanged({ state: 'open' });
  }

  @Decides(doors, bank.captureSucceeded, { keyOf: ({ account }) => ({ chargeId: account }), restate: () => [] })
  needsLess(door: Door): Decision<Door> {
    return unchanged(door);
  }

  // @ts-expect-error -- it takes another state than its aggregate has
  @Decides(doors, bank.captureSucceeded)
  otherState(state: { readonly limits: number }): Decision<Door> {
    return unchanged({ state: state.limits > 0 ? 'open' : 'shut' });
  }

  // @ts-expect-error -- it takes only some of the states of its aggregate
  @Decides(doors, bank.captureSucceeded)
  oneState(door: Open): Decision<Door> {
    return unchanged(door);
  }

  // @ts-expect-error -- it takes another event than its contract describes
  @Decides(doors, bank.captureSucceeded)
  otherEvent(door: Door, event: bank.AuthorizationDeclined): Decision<Door> {
    return event.code === '' ? unchanged(door) : unchanged({ state: 'open' });
  }

  // @ts-expect-error -- it takes another context than its aggregate is decided in
  @Decides(doors, bank.captureSucceeded)
  otherContext(door: Door, _event: bank.CaptureSucceeded, _now: Instant, context: boolean): Decision<Door> {
    return context ? unchanged(door) : unchanged({ state: 'open' });
  }

  // @ts-expect-error -- a decision is synchronous
  @Decides(doors, bank.captureSucceeded)
  async awaits(door: Door): Promise<Decision<Door>> {
    return Promise.resolve(unchanged(door));
  }

  // @ts-expect-error -- the aggregate cannot become this
  @Decides(doors, bank.captureSucceeded)
  becomesOther(): Decision<{ readonly state: 'ajar' }> {
    return unchanged({ state: 'ajar' });
  }

  // @ts-expect-error -- a statement page names no charge, so `keyOf` is required
  @Decides(doors, bank.statementPublished)
  withoutKey(door: Door): Decision<Door> {
    return unchanged(door);
  }

  plain(door: Door): Door {
    return door;
  }
}
const methodOf = (name: keyof DoorEvents): object => DoorEvents.prototype[name];
const event = { chargeId: 'ch_1', account: 'acct_1' };

describe('@Decides', () => {
  it('names the aggregate and the event of a method', () => {
    expect(decidedBy(methodOf('whole'))).toMatchObject({ aggregate: doors, on: bank.captureSucceeded });
    expect(decidedBy(methodOf('plain'))).toBeUndefined();
  });

  it('finds the aggregate by the event’s own data, unless keyOf is given', () => {
    expect(decidedBy(methodOf('whole'))!.keyOf(event)).toBe(event);
    expect(decidedBy(methodOf('needsLess'))!.keyOf(event)).toEqual({ chargeId: 'acct_1' });
  });

  it('has a `restate` of its own only where a resend is answered by a part of the aggregate’s events', () => {
    expect(decidedBy(methodOf('whole'))!.restate).toBeUndefined();
    expect(decidedBy(methodOf('needsLess'))!.restate!({ state: 'open' }, event)).toEqual([]);
  });
});
