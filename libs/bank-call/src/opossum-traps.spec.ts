import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import CircuitBreaker from 'opossum';
import { SystemClock } from '#clock';
import { AttemptTimeout } from './attempt-timeout.js';
import { Bulkhead } from './bulkhead.js';
import type { HealthSignal } from './health-signal.js';
import { LaneBreaker } from './lane-breaker.js';

// Each trap is tested twice: on opossum alone, and with the cure. A version without the trap fails the first test.

type Work = () => Promise<unknown>;
type Circuit = CircuitBreaker<[Work]>;

const options = {
  errorThresholdPercentage: 50,
  volumeThreshold: 20,
  resetTimeout: 5_000,
  rollingCountTimeout: 10_000,
  rollingCountBuckets: 10,
};
const open: { shutdown(): void }[] = [];
const clock = new SystemClock();

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  for (const breaker of open.splice(0)) breaker.shutdown();
  jest.useRealTimers();
});

function opossum(more: CircuitBreaker.Options = {}): Circuit {
  const circuit = new CircuitBreaker((work: Work) => work(), { ...options, timeout: false, ...more });
  open.push(circuit);
  return circuit;
}

function cured(): LaneBreaker {
  const limits = { ...options, consecutiveFailures: 1_000, attemptTimeoutMs: 2_000 };
  const breaker = new LaneBreaker(
    limits,
    clock,
    (result) => result as HealthSignal,
    () => {},
  );
  open.push(breaker);
  return breaker;
}

const succeed: Work = async () => 'healthy';
const fail: Work = async () => {
  throw new Error('the bank is away');
};
const settled = (promise: Promise<unknown>): Promise<unknown> => promise.catch(() => undefined);
const times = async (count: number, fire: () => Promise<unknown>): Promise<void> => {
  for (let n = 0; n < count; n += 1) await settled(fire());
};
/** Opens a breaker by failure rate, and waits until it is half-open. */
async function halfOpen(fire: (work: Work) => Promise<unknown>): Promise<void> {
  await times(8, () => fire(succeed));
  await times(12, () => fire(fail));
  await jest.advanceTimersByTimeAsync(options.resetTimeout);
}

describe('a filtered error counts as a success', () => {
  it('opossum alone: one filtered error closes a half-open circuit', async () => {
    const circuit = opossum({ errorFilter: (error: Error) => error.message === 'declined' });
    await halfOpen((work) => circuit.fire(work));
    await settled(circuit.fire(async () => Promise.reject(new Error('declined'))));
    expect(circuit.closed).toBe(true);
  });

  it('cured: nothing is filtered, and a probe without a result opens the breaker again', async () => {
    const breaker = cured();
    await halfOpen((work) => breaker.execute(work));
    await breaker.execute(async (): Promise<HealthSignal> => 'unknown');
    expect(breaker.state).toBe('open');
  });
});

describe('rejections by its capacity count as failures', () => {
  it('opossum alone: ten calls at capacity 1 open the circuit of a healthy bank', async () => {
    const circuit = opossum({ capacity: 1, volumeThreshold: 0 });
    await Promise.all(Array.from({ length: 10 }, () => settled(circuit.fire(succeed))));
    expect(circuit.opened).toBe(true);
  });

  it('cured: the bulkhead wraps the breaker', async () => {
    const [bulkhead, breaker] = [new Bulkhead(1), cured()];
    const slots = Array.from({ length: 10 }, () => bulkhead.tryReserve()).filter((slot) => slot !== undefined);
    await Promise.all(slots.map(() => breaker.execute(succeed)));
    expect(slots).toHaveLength(1);
    expect(breaker.state).toBe('closed');
  });
});

describe('a slow success from before the outage closes it', () => {
  it('opossum alone: the half-open circuit closes, though the bank is away', async () => {
    const circuit = opossum();
    const slow = Promise.withResolvers<void>();
    void circuit.fire(() => slow.promise);
    await halfOpen((work) => circuit.fire(work));
    slow.resolve();
    await jest.advanceTimersByTimeAsync(0);
    expect(circuit.closed).toBe(true);
  });

  it('cured: its result goes to the circuit of its attempt, which is retired', async () => {
    const breaker = cured();
    const slow = Promise.withResolvers<HealthSignal>();
    const call = breaker.execute(() => slow.promise);
    await halfOpen((work) => breaker.execute(work));
    slow.resolve('healthy');
    expect(await call).toBe('healthy');
    expect(breaker.state).toBe('half_open');
  });
});

describe('its window outlives an outage', () => {
  it('opossum alone: one failure after the recovery opens the circuit again', async () => {
    const circuit = opossum();
    await halfOpen((work) => circuit.fire(work));
    await circuit.fire(succeed);
    await settled(circuit.fire(fail));
    expect(circuit.opened).toBe(true);
  });

  it('cured: a new circuit takes over when the breaker closes', async () => {
    const breaker = cured();
    await halfOpen((work) => breaker.execute(work));
    await breaker.execute(succeed);
    await settled(breaker.execute(fail));
    expect(breaker.state).toBe('closed');
  });
});

describe('its refusals count as calls', () => {
  const refusals = 1_000;
  const outage = async (fire: (work: Work) => Promise<unknown>): Promise<void> => {
    await times(20, () => fire(fail));
    await jest.advanceTimersByTimeAsync(4_000);
    await times(refusals, () => fire(succeed));
    await jest.advanceTimersByTimeAsync(1_000);
    await fire(succeed);
    await times(20, () => fire(fail));
  };

  it('opossum alone: refusals during an outage hide the next one', async () => {
    const circuit = opossum();
    await outage((work) => circuit.fire(work));
    expect(circuit.closed).toBe(true);
  });

  it('cured: refusals are counted by a circuit that retires', async () => {
    const breaker = cured();
    await outage((work) => breaker.execute(work));
    expect(breaker.state).toBe('open');
  });
});

describe('its percentage must be exceeded', () => {
  const half = async (fire: (work: Work) => Promise<unknown>): Promise<void> => {
    await times(10, () => fire(succeed));
    await times(10, () => fire(fail));
  };

  it('opossum alone: half of twenty calls do not open a circuit with a threshold of 50', async () => {
    const circuit = opossum();
    await half((work) => circuit.fire(work));
    expect(circuit.closed).toBe(true);
  });

  it('cured: opossum’s threshold is a tenth of a percent lower', async () => {
    const breaker = cured();
    await half((work) => breaker.execute(work));
    expect(breaker.state).toBe('open');
  });
});

describe('it has no count of consecutive failures', () => {
  it('opossum alone: 19 failures and not one success leave the circuit closed', async () => {
    const circuit = opossum();
    await times(19, () => circuit.fire(fail));
    expect(circuit.closed).toBe(true);
  });

  it('cured: a listener counts them, and opens the circuit', async () => {
    const limits = { ...options, consecutiveFailures: 3, attemptTimeoutMs: 2_000 };
    const breaker = new LaneBreaker(
      limits,
      clock,
      () => 'failing',
      () => {},
    );
    open.push(breaker);
    await times(3, () => breaker.execute(fail));
    expect(breaker.state).toBe('open');
  });
});

describe('its time-out', () => {
  it('opossum alone: one AbortController for all calls, so one time-out aborts the call beside it', async () => {
    const circuit = opossum({ timeout: 2_000, abortController: new AbortController() });
    const first = settled(circuit.fire(() => new Promise(() => {})));
    await jest.advanceTimersByTimeAsync(1_900);
    const second = settled(circuit.fire(() => new Promise(() => {})));
    const signalOfSecond = (circuit as unknown as { getSignal(): AbortSignal }).getSignal();
    await jest.advanceTimersByTimeAsync(100);
    await first;
    expect(signalOfSecond.aborted).toBe(true);
    await jest.advanceTimersByTimeAsync(2_000);
    await second;
  });

  it('cured: opossum has no time-out; each attempt has a signal of its own', async () => {
    const timeout = new AttemptTimeout(clock, 2_000);
    const signals: AbortSignal[] = [];
    const hang = ({ signal }: { signal: AbortSignal }): Promise<string> => {
      signals.push(signal);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve('what it knows')));
    };
    const first = timeout.execute(hang);
    await jest.advanceTimersByTimeAsync(1_900);
    const second = timeout.execute(hang);
    await jest.advanceTimersByTimeAsync(100);
    expect(await first).toBe('what it knows');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await jest.advanceTimersByTimeAsync(2_000);
    await second;
  });
});

describe('a late failure undoes its shutdown', () => {
  it('opossum alone: everything passes, unprotected', async () => {
    const circuit = opossum();
    await halfOpen((work) => circuit.fire(work));
    const probe = Promise.withResolvers<void>();
    const fired = settled(circuit.fire(() => probe.promise));
    circuit.shutdown();
    probe.reject(new Error('the bank is away'));
    await fired;
    await settled(circuit.fire(fail));
    expect(await circuit.fire(async () => 'passed')).toBe('passed');
  });

  it('cured: a breaker that was shut down does not call its circuit', async () => {
    const breaker = cured();
    await halfOpen((work) => breaker.execute(work));
    const probe = Promise.withResolvers<void>();
    const call = settled(breaker.execute(() => probe.promise));
    breaker.shutdown();
    probe.reject(new Error('the bank is away'));
    await call;
    await expect(breaker.execute(succeed)).rejects.toThrow('open');
  });
});

describe('its window sets an interval per circuit', () => {
  it('opossum alone: an idle closed circuit keeps a timer', () => {
    opossum({ enableSnapshots: false });
    expect(jest.getTimerCount()).toBe(1);
  });

  it('cured: the window rotates when an attempt is made', () => {
    cured();
    expect(jest.getTimerCount()).toBe(0);
  });
});
