import { judgeBankCalls, type BankCalls, type JournalLine, type Stretch } from '#checker';
import type { BreakerTransition } from '../run/log-evidence.js';
import type { Strike } from '../nemesis/nemesis.js';
import { grouped } from '../report/html.js';
import type { Judged } from './chaos-invariants.js';

/** A11 by the banks' journals: the strikes say where what the bank saw is not when its caller sent it. */
export function judgeCalls(run: {
  readonly beganAt: number;
  readonly journal: readonly JournalLine[];
  readonly transitions: readonly (BreakerTransition & { readonly isolatedTo?: string })[];
  readonly strikes: readonly Strike[];
}): Judged {
  const { lines, looked } = judgeBankCalls(bankCallsOf(run));
  return {
    id: 'A11',
    promise:
      'calls are repeated within the retry budget, come again after their backoff, and never while their breaker is open',
    lines,
    looked: `${grouped(looked.calls)} calls, ${grouped(looked.retries)} repeated in place, ${grouped(looked.waits)} waits between calls, ${grouped(looked.openStretches)} open breakers, ${grouped(looked.failingStretches)} stretches of nothing but failures`,
  };
}

function bankCallsOf({ beganAt, journal, transitions, strikes }: Parameters<typeof judgeCalls>[0]): BankCalls {
  const stretchOf = ({ struckMs, liftedMs = Infinity }: Strike): Stretch => ({
    fromMs: beganAt + struckMs,
    untilMs: beganAt + liftedMs,
  });
  return {
    journal,
    moves: transitions.map(({ at, instance, bank, lane, isolatedTo, to }) => ({
      atMs: at,
      instance,
      bank,
      lane,
      isolatedTo,
      to,
    })),
    interruptions: strikes.flatMap((struck) =>
      'processes' in struck.fault ? struck.fault.processes.map((instance) => ({ instance, ...stretchOf(struck) })) : [],
    ),
    heldBack: strikes.flatMap((struck) => {
      const { fault } = struck;
      if (fault.kind === 'freeze' && fault.processes.includes('bank-simulator')) return [stretchOf(struck)];
      if (fault.kind !== 'delay' && fault.kind !== 'one-way') return [];
      return fault.route.to === 'postgres' ? [] : [{ bank: fault.route.to, ...stretchOf(struck) }];
    }),
  };
}
