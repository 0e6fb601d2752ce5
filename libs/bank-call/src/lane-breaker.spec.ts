import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isBrokenCircuitError } from 'cockatiel';
import { SystemClock } from '#clock';
import type { HealthSignal } from './health-signal.js';
import { LaneBreaker, type BreakerMove, type LaneBreakerOptions } from './lane-breaker.js';

const options: LaneBreakerOptions = {
  errorThresholdPercentage: 50,
  volumeThreshold: 20,
  consecutiveFailures: 3,
  resetTimeout: 5_000,
  rollingCountTimeout: 10_000,
  rollingCountBuckets: 10,
  attemptTimeoutMs: 2_000,
};

let breaker: LaneBreaker;
let moves: BreakerMove[];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  moves = [];
  breaker = new LaneBreaker(
    options,
    new SystemClock(),
    (result) => result as HealthSignal,
    (move) => moves.push(move),
  );
});
afterEach(() => {
  breaker.shutdown();
  jest.useRealTimers();
});

/** @returns how many of the attempts passed */
async function attempts(...signals: HealthSignal[]): Promise<number> {
  let passed = 0;
  for (const signal of signals) if (await passes(async () => signal)) passed += 1;
  return passed;
}

async function passes(work: () => Promise<HealthSignal>): Promise<boolean> {
  try {
    await breaker.execute(work);
    return true;
  } catch (error) {
    if (isBrokenCircuitError(error)) return false;
    throw error;
  }
}

/** An attempt that stays on the wire until the test ends it. */
function slowAttempt(): { end(signal: HealthSignal): Promise<void>; passed(): boolean } {
  const wire = Promise.withResolvers<HealthSignal>();
  let passed = false;
  const ended = passes(() => {
    passed = true;
    return wire.promise;
  });
  return {
    passed: () => passed,
    async end(signal) {
      wire.resolve(signal);
      await ended;
    },
  };
}

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const open = (): Promise<number> => attempts('failing', 'failing', 'failing');
const halfOpen = async (): Promise<void> => {
  await open();
  await pass(options.resetTimeout);
};

describe('closed', () => {
  it('opens on the third consecutive failure, before the attempt’s promise settles', async () => {
    await attempts('failing', 'failing');
    expect(breaker.state).toBe('closed');
    const third = breaker.execute(async (): Promise<HealthSignal> => 'failing');
    expect(await third.then(() => breaker.state)).toBe('open');
    expect(moves).toEqual([{ from: 'closed', to: 'open', cause: 'failures_in_a_row' }]);
  });

  it('resets the count of consecutive failures on a success', async () => {
    await attempts('failing', 'failing', 'healthy', 'failing', 'failing');
    expect(breaker.state).toBe('closed');
  });

  it('does not count `alive`, neither as success nor as failure', async () => {
    await attempts('failing', 'failing', 'alive', 'unknown', 'failing');
    expect(breaker.state).toBe('open');
  });

  it('has no time-out of its own: a slow success is a success', async () => {
    const slow = [slowAttempt(), slowAttempt(), slowAttempt()];
    await pass(60_000);
    for (const attempt of slow) await attempt.end('healthy');
    expect(breaker.state).toBe('closed');
  });

  it('opens at exactly half of twenty calls', async () => {
    const pair: HealthSignal[] = ['healthy', 'failing'];
    await attempts(...Array.from({ length: 9 }, () => pair).flat());
    expect(breaker.state).toBe('closed');
    await attempts(...pair);
    expect(moves).toEqual([{ from: 'closed', to: 'open', cause: 'failure_rate' }]);
  });

  it('stays closed below half', async () => {
    const three: HealthSignal[] = ['healthy', 'healthy', 'failing'];
    await attempts(...Array.from({ length: 20 }, () => three).flat());
    expect(breaker.state).toBe('closed');
  });

  it('forgets results older than ten seconds', async () => {
    await attempts(...Array.from({ length: 18 }, (_, n): HealthSignal => (n % 2 ? 'failing' : 'healthy')));
    await pass(options.rollingCountTimeout);
    await attempts('healthy', 'failing', 'healthy', 'failing');
    expect(breaker.state).toBe('closed');
  });
});

describe('open', () => {
  it('refuses without making the attempt', async () => {
    await open();
    expect(slowAttempt().passed()).toBe(false);
    expect(await attempts('healthy', 'healthy')).toBe(0);
  });

  it('returns the time until the next probe', async () => {
    expect(breaker.untilProbeMs()).toBe(0);
    await open();
    expect(breaker.untilProbeMs()).toBe(5_000);
    await pass(1_200);
    expect(breaker.untilProbeMs()).toBe(3_800);
  });

  it('half-opens after five seconds', async () => {
    await open();
    await pass(options.resetTimeout - 1);
    expect(breaker.state).toBe('open');
    await pass(1);
    expect(breaker.state).toBe('half_open');
    expect(breaker.untilProbeMs()).toBe(0);
  });
});

describe('half-open', () => {
  beforeEach(halfOpen);

  it('lets one probe pass, and refuses other attempts until it has ended', async () => {
    const probe = slowAttempt();
    expect(probe.passed()).toBe(true);
    expect(await attempts('healthy', 'healthy')).toBe(0);
    expect(breaker.untilProbeMs()).toBe(2_000);
    await probe.end('healthy');
    expect(await attempts('healthy', 'healthy')).toBe(2);
  });

  it.each<HealthSignal>(['healthy', 'alive'])('closes when the probe is %s', async (signal) => {
    await attempts(signal);
    expect(moves.at(-1)).toEqual({ from: 'half_open', to: 'closed', cause: 'probe_succeeded' });
  });

  it.each<HealthSignal>(['failing', 'unknown'])(
    'opens for another five seconds when the probe ends %s',
    async (signal) => {
      await attempts(signal);
      expect(moves.at(-1)).toEqual({ from: 'half_open', to: 'open', cause: 'probe_failed' });
      expect(breaker.untilProbeMs()).toBe(5_000);
      await pass(options.resetTimeout);
      await attempts('healthy');
      expect(breaker.state).toBe('closed');
    },
  );

  it('is not stuck when the probe throws', async () => {
    const bug = async (): Promise<HealthSignal> => {
      throw new Error('a bug');
    };
    await expect(breaker.execute(bug)).rejects.toThrow('a bug');
    expect(breaker.state).toBe('open');
    await pass(options.resetTimeout);
    expect(await attempts('healthy')).toBe(1);
  });

  it('closes with an empty window: one failure does not open it again', async () => {
    await attempts('healthy');
    await attempts('failing');
    expect(breaker.state).toBe('closed');
  });
});

describe('an attempt from before a transition', () => {
  it('cannot close a half-open breaker by a slow success from before the outage', async () => {
    const slow = slowAttempt();
    await halfOpen();
    await slow.end('healthy');
    expect(breaker.state).toBe('half_open');
    expect(await attempts('failing')).toBe(1);
    expect(breaker.state).toBe('open');
  });

  it('cannot open a half-open breaker by a slow failure from before the outage', async () => {
    const slow = slowAttempt();
    await halfOpen();
    await slow.end('failing');
    expect(breaker.state).toBe('half_open');
    await attempts('healthy');
    expect(breaker.state).toBe('closed');
  });

  it('cannot open a breaker that has recovered since', async () => {
    const slow = [slowAttempt(), slowAttempt(), slowAttempt()];
    await halfOpen();
    await attempts('healthy');
    for (const attempt of slow) await attempt.end('failing');
    expect(breaker.state).toBe('closed');
  });

  it('does not weigh in the failure rate after a recovery', async () => {
    const pair: HealthSignal[] = ['healthy', 'failing'];
    await attempts(...Array.from({ length: 10 }, () => pair).flat());
    expect(moves.at(-1)?.cause).toBe('failure_rate');
    await pass(options.resetTimeout);
    await attempts('healthy', 'failing');
    expect(breaker.state).toBe('closed');
  });
});

it('lets nothing pass after its shutdown, and leaves no timer', async () => {
  await open();
  breaker.shutdown();
  expect(jest.getTimerCount()).toBe(0);
  await pass(options.resetTimeout);
  expect(await attempts('healthy')).toBe(0);
});

it('lets nothing pass after its shutdown, also when an earlier call fails late', async () => {
  await halfOpen();
  const probe = slowAttempt();
  breaker.shutdown();
  await probe.end('failing');
  expect(await attempts('healthy')).toBe(0);
  expect(breaker.state).toBe('open');
});
