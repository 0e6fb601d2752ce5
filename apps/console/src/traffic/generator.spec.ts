import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { TrafficGenerator, type TrafficPlan } from './generator.js';
import type { ChargeResult, ChargeWish } from './stripe.client.js';

const plan: TrafficPlan = { perSecond: 25, brands: ['visa', 'amex'], duplicateShare: 0, faultShare: 0 };

function given(answer: () => Promise<Partial<ChargeResult>> = async () => ({ status: 200 })) {
  const clock = new FakeClock();
  const wishes: ChargeWish[] = [];
  const generator = new TrafficGenerator(clock, async (wish) => {
    wishes.push(wish);
    return { chargeId: null, text: '', tookMs: 1, status: null, ...(await answer()) };
  });
  return { clock, wishes, generator };
}

describe('the generator', () => {
  it('sends so many a second, each under a key of its own, until it is stopped', async () => {
    const { clock, wishes, generator } = given();
    generator.start(plan);
    await clock.advance(2_000);
    expect(wishes).toHaveLength(50);
    expect(new Set(wishes.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(50);
    expect(new Set(wishes.map(({ source }) => source))).toEqual(new Set(['tok_visa', 'tok_amex']));
    generator.stop();
    await clock.advance(2_000);
    expect(wishes).toHaveLength(50);
    expect(generator.state).toMatchObject({ plan: null, sent: 50, inFlight: 0, answers: { 200: 50 } });
  });

  it('sends duplicates under one key, and fault tokens, as often as asked', async () => {
    const { clock, wishes, generator } = given();
    generator.start({ ...plan, duplicateShare: 1, faultShare: 1 });
    await clock.advance(1_000);
    expect(wishes).toHaveLength(50);
    expect(new Set(wishes.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(25);
    expect(wishes.filter(({ source }) => source.startsWith('tok_fault_'))).toHaveLength(50);
  });

  it('holds back what would be too much at once, and ends by itself', async () => {
    const { clock, wishes, generator } = given(() => new Promise(() => {}));
    generator.start({ ...plan, perSecond: 100 });
    await clock.advance(3_000);
    expect(wishes).toHaveLength(200);
    expect(generator.state).toMatchObject({ inFlight: 200, heldBack: 100 });
    await clock.advance(10 * 60_000);
    expect(generator.state.plan).toBeNull();
    expect(clock.pendingTimers).toBe(0);
  });
});
