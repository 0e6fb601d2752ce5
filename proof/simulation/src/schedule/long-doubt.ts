import type { Random } from '#virtual-time';
import { BEFORE_MS, trouble } from './bank-faults.js';
import type { PlannedFault } from './fault.js';
import type { MoneyOperation } from '../operations/operation.js';
import type { FaultWindow } from './fault-window.js';
import { bankOfSource } from './source.js';

/** Time in doubt after which an authorization is reversed. */
const DOUBT_MS = 60_000;
/** Longest time from then until the reversal: a doubt begins with a time-out or takeover, and the worker polls. */
const REVERSED_WITHIN_MS = 40_000;

/**
 * An authorization in doubt for more than a minute, so that it is reversed, with faults on the reversal too. The instance
 * with the first attempt may be frozen meanwhile, and return with its answer.
 */
export function longDoubt(random: Random, { atMs: momentMs, bank }: FaultWindow): PlannedFault[] {
  const atMs = Math.max(0, momentMs - BEFORE_MS);
  const silentMs = DOUBT_MS + (random.chance(0.5) ? REVERSED_WITHIN_MS : random.integer(2_000, 8_000));
  const reversalMs = atMs + DOUBT_MS;
  const first = random.pick(['latency', 'latency', 'latency', 'drop_after', 'drop_before', 'late', 'hang'] as const);
  const answers = random.chance(0.5);
  return [
    trouble(random, { atMs, forMs: 5_000, bank, fault: first, operation: 'authorize', times: random.integer(1, 2) }),
    trouble(random, { atMs, forMs: silentMs, bank, fault: 'hang', operation: 'authorize' }),
    answers
      ? trouble(random, { atMs, forMs: silentMs, bank, fault: 'hang', operation: 'inquire' })
      : trouble(random, {
          atMs,
          forMs: silentMs,
          bank,
          fault: 'inquiry_lag',
          operation: 'inquire',
          parameters: { lagMs: silentMs },
        }),
    trouble(random, {
      atMs: reversalMs,
      forMs: random.chance(0.5) ? REVERSED_WITHIN_MS : random.integer(5_000, 15_000),
      bank,
      fault: random.pick(['hang', 'late', 'drop_before', 'drop_after', 'error', 'not_processed'] as const),
      operation: 'reverse',
      times: random.integer(1, 4),
    }),
    ...(random.chance(0.6)
      ? [
          {
            kind: 'freeze',
            atMs: atMs + random.between(0, 1_500),
            service: 'bank-gateway',
            instance: random.integer(0, 1),
            forMs: DOUBT_MS + (random.chance(0.5) ? REVERSED_WITHIN_MS : random.integer(0, 12_000)),
          } as const,
        ]
      : []),
  ];
}

/** A performed operation stays in doubt at a bank that is not idempotent, until the bank's statement shows it. */
export function shownInDoubt(random: Random, { atMs: momentMs, movement }: FaultWindow): PlannedFault[] {
  const atMs = Math.max(0, momentMs - BEFORE_MS);
  const bank = random.pick(['cedar', 'dogwood'] as const);
  const operation = movement === 'authorize' ? 'capture' : movement;
  const forMs = random.integer(25_000, 70_000);
  const first = random.pick(['drop_after', 'cut', 'malformed', 'duplicate', 'late'] as const);
  return [
    trouble(random, { atMs, forMs: 8_000, bank, fault: first, operation, times: random.integer(1, 3) }),
    trouble(random, { atMs, forMs, bank, fault: 'hang', operation: 'inquire' }),
  ];
}

/**
 * An authorization without later operations is reversed while the instance with its first attempt is frozen. That
 * instance then receives the approval, during the reversal or after it has ended the operation.
 */
export function approvedWhileReversing(random: Random, operations: readonly MoneyOperation[]): PlannedFault[] {
  const touched = new Set(operations.flatMap((each) => ('charge' in each ? [each.charge] : [])));
  const untouched = operations.find((each) => each.kind === 'create' && !each.capture && !touched.has(each.id));
  if (untouched?.kind !== 'create') return [];
  const bank = bankOfSource(untouched.source);
  const atMs = Math.max(0, untouched.atMs - BEFORE_MS);
  const untilHealedMs = 2 * DOUBT_MS;
  const parameters = { delayMs: 1_800, jitterMs: 0 };
  return [
    trouble(random, { atMs, forMs: 3_000, bank, fault: 'latency', operation: 'authorize', times: 1, parameters }),
    trouble(random, { atMs, forMs: untilHealedMs, bank, fault: 'hang', operation: 'authorize' }),
    trouble(random, { atMs, forMs: untilHealedMs, bank, fault: 'hang', operation: 'inquire' }),
    ...(random.chance(0.5)
      ? [trouble(random, { atMs, forMs: untilHealedMs, bank, fault: 'drop_after', operation: 'reverse' })]
      : []),
    {
      kind: 'freeze',
      atMs: untouched.atMs + random.between(100, 1_500),
      service: 'bank-gateway',
      instance: random.integer(0, 1),
      forMs: untilHealedMs,
    },
  ];
}
