import type { Random } from '#simulation';
import { BEFORE_MS, trouble } from './bank-faults.js';
import type { Fault } from './fault.js';
import type { Moment } from './moment.js';

/** Long enough that an authorization in doubt is given up and reversed. */
const DOUBT_MS = 60_000;

/**
 * A bank keeps an authorization in doubt for more than a minute, so that it is reversed; and then the reversal meets
 * faults as well. Whoever asked first may have stood still all the while, and may come back with the answer.
 */
export function longDoubt(random: Random, { atMs: momentMs, bank }: Moment): Fault[] {
  const atMs = Math.max(0, momentMs - BEFORE_MS);
  const silentMs = DOUBT_MS + random.integer(2_000, 8_000);
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
      forMs: random.integer(5_000, 15_000),
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
            forMs: DOUBT_MS + random.integer(0, 12_000),
          } as const,
        ]
      : []),
  ];
}
