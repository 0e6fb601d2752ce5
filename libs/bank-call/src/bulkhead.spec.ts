import { describe, expect, it } from '@jest/globals';
import { Bulkhead } from './bulkhead.js';

describe('Bulkhead', () => {
  it('refuses when all slots are taken, without a queue', () => {
    const bulkhead = new Bulkhead(2);
    const slot = bulkhead.tryReserve();
    bulkhead.tryReserve();
    expect(bulkhead.tryReserve()).toBeUndefined();
    slot?.release();
    expect(bulkhead.tryReserve()).toBeDefined();
  });

  it('frees a slot once, however often it is released', () => {
    const bulkhead = new Bulkhead(2);
    const slot = bulkhead.tryReserve();
    bulkhead.tryReserve();
    slot?.release();
    slot?.release();
    expect(bulkhead.free).toBe(1);
  });

  it('rejects a slot that was released or is not its own', () => {
    const bulkhead = new Bulkhead(1);
    const foreign = new Bulkhead(1).tryReserve()!;
    const slot = bulkhead.tryReserve()!;
    expect(() => bulkhead.assertHeld(slot)).not.toThrow();
    slot.release();
    expect(() => bulkhead.assertHeld(slot)).toThrow('released');
    expect(() => bulkhead.assertHeld(foreign)).toThrow('not one of');
  });

  it('reserves free slots for a worker, and takes back the unused ones', () => {
    const bulkhead = new Bulkhead(3);
    bulkhead.tryReserve();
    const kept = bulkhead.keep(5);
    expect([kept.count, bulkhead.free]).toEqual([2, 0]);
    expect(bulkhead.tryReserve()).toBeUndefined();
    const slot = kept.take();
    expect([kept.count, bulkhead.free]).toEqual([1, 0]);
    kept.release();
    kept.release();
    expect([kept.count, bulkhead.free]).toEqual([0, 1]);
    expect(() => kept.take()).toThrow('no slot is left');
    slot.release();
    expect(bulkhead.free).toBe(2);
  });

  it('reports the number in flight at each change', () => {
    const seen: number[] = [];
    const bulkhead = new Bulkhead(2, (inFlight) => seen.push(inFlight));
    const slot = bulkhead.tryReserve();
    bulkhead.tryReserve();
    bulkhead.tryReserve();
    slot?.release();
    expect(seen).toEqual([1, 2, 1]);
  });

  it('within another takes a slot there too, and is limited by its free slots', () => {
    const outer = new Bulkhead(3);
    const [one, other] = [new Bulkhead(2, undefined, outer), new Bulkhead(2, undefined, outer)];
    const slots = [one.tryReserve()!, one.tryReserve()!];
    expect(one.tryReserve()).toBeUndefined();
    expect([outer.inFlight, other.free]).toEqual([2, 1]);
    const kept = other.keep(5);
    expect([kept.count, outer.free, one.free]).toEqual([1, 0, 0]);
    slots[0]!.release();
    slots[0]!.release();
    kept.release();
    expect([outer.inFlight, one.free, other.free]).toEqual([1, 1, 2]);
  });
});
