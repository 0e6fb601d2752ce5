import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { NameContender } from './contender.js';
import type { Lease } from './lease.js';

describe('NameContender', () => {
  let clock: FakeClock;
  let seen: string[];
  let leases: Lease[];
  let stopWork: () => void;
  let contender: NameContender;

  beforeEach(() => {
    clock = new FakeClock();
    seen = [];
    leases = [];
    stopWork = () => undefined;
    contender = new NameContender(
      'job',
      {
        onAcquired: (lease) => {
          leases.push(lease);
          seen.push(`acquired ${lease.epoch}`);
        },
        onLost: () => {
          seen.push('losing');
          return new Promise((resolve) => {
            stopWork = () => {
              seen.push('stopped');
              resolve();
            };
          });
        },
      },
      { clock, holder: 'me', trustedForMs: 8_000 },
    );
  });

  it('counts trust from the time of the request, not of the answer', async () => {
    const askedMs = clock.monotonicMs();
    await clock.advance(5_000);
    expect(contender.granted(1, askedMs)).toBe(true);
    await clock.advance(2_999);
    expect(leases[0]!.isTrusted()).toBe(true);
    await clock.advance(1);
    expect(leases[0]!.isTrusted()).toBe(false);
    expect(seen).toEqual(['acquired 1', 'losing']);
  });

  it('rejects a late grant', async () => {
    const askedMs = clock.monotonicMs();
    await clock.advance(8_000);
    expect(contender.granted(1, askedMs)).toBe(false);
    expect(seen).toEqual([]);
  });

  it('keeps its lease while it is renewed in time', async () => {
    contender.granted(1, clock.monotonicMs());
    for (let round = 0; round < 10; round++) {
      await clock.advance(3_000);
      expect(contender.renewed(1, clock.monotonicMs())).toBe(true);
    }
    expect(leases[0]!.isTrusted()).toBe(true);
    expect(seen).toEqual(['acquired 1']);
  });

  it('does not contend again before `onLost` has resolved', async () => {
    contender.granted(1, clock.monotonicMs());
    contender.lost();
    await clock.advance(0);
    expect({ waiting: contender.waiting, granted: contender.granted(2, clock.monotonicMs()) }).toEqual({
      waiting: false,
      granted: false,
    });
    stopWork();
    await clock.advance(0);
    expect(contender.granted(3, clock.monotonicMs())).toBe(true);
    await clock.advance(0);
    expect(seen).toEqual(['acquired 1', 'losing', 'stopped', 'acquired 3']);
  });

  it('does not revive a lost lease by a renewal in flight', async () => {
    contender.granted(1, clock.monotonicMs());
    const askedMs = clock.monotonicMs();
    await clock.advance(8_000);
    stopWork();
    await clock.advance(0);
    expect(contender.renewed(1, askedMs)).toBe(false);
    expect(leases[0]!.isTrusted()).toBe(false);
  });

  it('keeps the lease trusted and renewed until `onLost` resolves when it leaves', async () => {
    contender.granted(1, clock.monotonicMs());
    const left = contender.leave();
    await clock.advance(3_000);
    expect(contender.heldEpoch).toBe(1);
    expect(contender.renewed(1, clock.monotonicMs())).toBe(true);
    expect(leases[0]!.isTrusted()).toBe(true);
    stopWork();
    expect(await left).toBe(1);
    expect(leases[0]!.isTrusted()).toBe(false);
    expect(contender.granted(2, clock.monotonicMs())).toBe(false);
  });

  it('has nothing to release when it leaves after its lease has expired', async () => {
    contender.granted(1, clock.monotonicMs());
    const left = contender.leave();
    await clock.advance(8_000);
    stopWork();
    expect(await left).toBeUndefined();
  });

  it('ignores a wall clock that steps back', async () => {
    contender.granted(1, clock.monotonicMs());
    clock.stepWall(-3_600_000);
    await clock.advance(8_000);
    expect(contender.lease).toBeUndefined();
  });
});
