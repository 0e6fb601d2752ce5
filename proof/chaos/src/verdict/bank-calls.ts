import { judgeBankCalls, type BankCalls, type TimeRange } from '#checker';
import type { RunningStrike } from '../nemesis/nemesis.js';
import { grouped } from '../html.js';
import type { PromiseResult } from './promise-result.js';
import type { RunFacts } from './run-facts.js';

type CallFacts = Pick<RunFacts, 'beganAt' | 'journal' | 'strikes'> & {
  readonly logs: Pick<RunFacts['logs'], 'transitions' | 'isolatedTransitions'>;
};

/** A11 on the banks' journals. The strikes tell where arrival times may differ from sending times. */
export function judgeCalls(facts: CallFacts): Pick<PromiseResult, 'lines' | 'looked'> {
  const { lines, looked } = judgeBankCalls(bankCallsOf(facts));
  return {
    lines,
    looked: `${grouped(looked.calls)} calls, ${grouped(looked.retries)} retried in place, ${grouped(looked.waits)} waits between calls, ${grouped(looked.openStretches)} open breakers, ${grouped(looked.failingStretches)} intervals of failures only`,
  };
}

function bankCallsOf({ beganAt, journal, logs, strikes }: CallFacts): BankCalls {
  const stretchOf = ({ struckMs, liftedMs = Infinity }: RunningStrike): TimeRange => ({
    fromMs: beganAt + struckMs,
    untilMs: beganAt + liftedMs,
  });
  return {
    journal,
    moves: [
      ...logs.transitions.map(({ at, ...move }) => ({ atMs: at, ...move })),
      ...logs.isolatedTransitions.map(({ at, ...move }) => ({ atMs: at, ...move })),
    ],
    interruptions: strikes.flatMap((struck) =>
      'processes' in struck.fault ? struck.fault.processes.map((instance) => ({ instance, ...stretchOf(struck) })) : [],
    ),
    heldBack: strikes.flatMap((struck) => {
      const { fault } = struck;
      if (fault.kind === 'freeze' && fault.processes.includes('bank-simulator')) return [stretchOf(struck)];
      if (fault.kind !== 'delay' && fault.kind !== 'one_way') return [];
      return [{ bank: fault.route.to, ...stretchOf(struck) }];
    }),
  };
}
