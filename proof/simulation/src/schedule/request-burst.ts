import type { Random } from '#virtual-time';
import type { MoneyOperation, RepeatedRequest, Wanted } from '../operations/operation.js';
import type { PlannedFault } from './fault.js';

/** Time for which the API retries a commit. Requests that wait for it go on afterwards. */
const COMMIT_WITHIN_MS = 3_000;

export interface RequestBurst {
  readonly operations: readonly RepeatedRequest[];
  readonly faults: readonly PlannedFault[];
}

/** One request under one key from many connections at once, while the database is down and the first cannot commit. */
export function crowd(random: Random, operations: readonly MoneyOperation[]): RequestBurst {
  const wanted = random.pick(operations.filter((each): each is Wanted => each.kind !== 'repeat'));
  const { id: of, atMs } = wanted;
  const forMs = random.chance(0.8)
    ? COMMIT_WITHIN_MS + random.integer(200, 3_000)
    : random.integer(200, COMMIT_WITHIN_MS);
  return {
    operations: [{ kind: 'repeat', atMs: atMs + random.between(0, 3), of, times: random.integer(6, 12) }],
    faults: [{ kind: 'database_away', atMs: Math.max(0, atMs - 1), service: 'payments-api', forMs }],
  };
}
