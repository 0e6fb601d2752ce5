import type { Random } from '#virtual-time';
import { BEFORE_MS, trouble } from './bank-faults.js';
import type { PlannedFault } from './fault.js';
import type { MoneyOperation } from '../operations/operation.js';
import type { FaultWindow } from './fault-window.js';
import { bankOfSource } from './source.js';

/** Long enough that an authorization in doubt is given up and reversed. */
const DOUBT_MS = 60_000;
/** A doubt begins with a time-out, or when somebody takes over; from its minute on a reversal comes with the next look. */
const REVERSED_WITHIN_MS = 40_000;

/**
 * A bank keeps an authorization in doubt for more than a minute, so that it is reversed; and then the reversal meets
 * faults as well. Whoever asked first may have stood still all the while, and may come back with the answer.
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

/**
 * A capture, void or refund that was performed and is in doubt for so long that a statement shows it meanwhile: at a
 * bank that has to be asked before it may be asked again, and does not say.
 */
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
 * An authorization that nobody touches later is given up and undone at its bank. The instance that asked for it in the
 * first place stands still all the while, and then hears that it was approved: while the bank's word of the reversal
 * is still lost again and again, or after it has ended the operation.
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
