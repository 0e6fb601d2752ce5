import { bankProtocol } from '#contracts';
import type { Random } from '#virtual-time';
import type { PlannedFault } from './fault.js';
import type { FaultWindow } from './fault-window.js';

type BankFault = Extract<PlannedFault, { kind: 'bank' }>;

const names = [
  'latency',
  'hang',
  'error',
  'not_processed',
  'rate_limited',
  'reject',
  'outage',
  'cut',
  'malformed',
  'drop_before',
  'drop_after',
  'late',
  'duplicate',
  'inquiry_lag',
  'refuse',
  'decline_after_timeout',
] as const satisfies readonly bankProtocol.FaultName[];
/** Faults that leave an attempt in doubt. */
const unheard = ['hang', 'error', 'cut', 'malformed', 'drop_after', 'late', 'duplicate', 'drop_before'] as const;
/** Faults by which the next attempt is refused or gets no usable answer. */
const unhelpful = [
  'not_processed',
  'not_processed',
  'outage',
  'outage',
  'rate_limited',
  'reject',
  'error',
  'refuse',
  'drop_before',
] as const;
/** Time before the moment at which a rule is set, so that it is in effect for the first request. */
export const BEFORE_MS = 30;

/** One fault at one bank, or at all banks, for some time. */
export function bankTrouble(random: Random, { atMs: momentMs, bank: near }: FaultWindow): BankFault {
  const atMs = Math.max(0, momentMs - BEFORE_MS);
  const fault = random.pick(names);
  const bank = random.chance(0.15) ? undefined : random.chance(0.7) ? near : random.pick(bankProtocol.bankNames);
  const probability = random.chance(0.4) ? 1 : random.between(0.2, 0.9);
  const operation = random.chance(0.5) ? random.pick(bankProtocol.operationsOf(fault)) : undefined;
  return trouble(random, { atMs, forMs: random.integer(500, 12_000), bank, fault, operation, probability });
}

/** Consecutive faults on one operation of a bank: first doubts, then refusals, while inquiries may return stale states. */
export function bankSiege(random: Random, { atMs: momentMs, bank, movement: operation }: FaultWindow): BankFault[] {
  const atMs = Math.max(0, momentMs - BEFORE_MS);
  const forMs = random.integer(2_000, 15_000);
  const times = random.integer(1, 3);
  const after = random.pick(unhelpful);
  const follows = bankProtocol.operationsOf(after).includes(operation) ? operation : undefined;
  return [
    trouble(random, { atMs, forMs, bank, fault: random.pick(unheard), operation, times }),
    trouble(random, {
      atMs,
      forMs,
      bank,
      fault: after,
      operation: follows,
      probability: random.chance(0.6) ? 1 : random.between(0.5, 1),
    }),
    ...(random.chance(0.5) ? [trouble(random, { atMs, forMs, bank, fault: 'inquiry_lag', operation: 'inquire' })] : []),
  ];
}

/** The bank performs at once and answers late. */
export function bankSlow(random: Random, { atMs: momentMs, bank, movement: operation }: FaultWindow): BankFault {
  const atMs = Math.max(0, momentMs - BEFORE_MS);
  const parameters = { delayMs: random.integer(900, 1_900), jitterMs: 0 };
  return trouble(random, { atMs, forMs: 3_000, bank, fault: 'latency', operation, parameters });
}

interface Trouble {
  readonly atMs: number;
  readonly forMs: number;
  readonly bank?: bankProtocol.BankName | undefined;
  readonly fault: bankProtocol.FaultName;
  readonly operation?: bankProtocol.BankOperation | undefined;
  readonly probability?: number;
  readonly times?: number;
  readonly parameters?: object;
}

export function trouble(random: Random, { atMs, forMs, bank, ...rule }: Trouble): BankFault {
  const { operation, fault, probability = 1, times, parameters = drawnParameters[fault]?.(random) ?? {} } = rule;
  return {
    kind: 'bank',
    atMs,
    forMs,
    rule: bankProtocol.faultRuleSchema.parse({
      scope: bank === undefined ? {} : { bank },
      ...(operation && { operation }),
      ...(times !== undefined && { times }),
      fault,
      probability,
      parameters,
      seed: random.integer(0, 2 ** 30),
    }),
  };
}

/** A fault that is not named here has the defaults of its schema. */
const drawnParameters: { readonly [Name in bankProtocol.FaultName]?: (random: Random) => object } = {
  latency: (random) => ({ delayMs: random.integer(50, 3_000), jitterMs: random.integer(0, 1_000) }),
  hang: (random) => ({ performs: random.chance(0.5) }),
  error: (random) => ({ performs: random.chance(0.5) }),
  late: (random) => ({ delayMs: random.chance(0.5) ? random.integer(0, 3_000) : random.integer(0, 14_000) }),
  inquiry_lag: (random) => ({ lagMs: random.integer(200, 15_000) }),
};
