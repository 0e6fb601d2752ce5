import type { Random } from '#virtual-time';
import {
  foreignAttempts,
  type ForeignAttempt,
  type KeyRevocation,
  type MoneyOperation,
} from '../operations/operation.js';
import { REVOKED_ACCOUNT, UNKNOWN_ACCOUNT } from './accounts.js';

/** First id of these operations. */
const FIRST_ID = 4_000;

/** Adds operations for a world with strict keys: requests with an unknown key, and a key that is revoked between uses. */
export function withProvisionedKeys(
  random: Random,
  money: readonly MoneyOperation[],
): (ForeignAttempt | KeyRevocation)[] {
  const creates = money.filter((each) => each.kind === 'create');
  const strangers = Array.from({ length: random.integer(1, 2) }, (_, place): ForeignAttempt => {
    const { id: of, atMs } = random.pick(creates);
    const attempt = random.pick(foreignAttempts.filter((each) => each !== 'cancel_refund'));
    return {
      kind: 'foreign',
      id: FIRST_ID + place,
      atMs: atMs + random.between(0, 5_000),
      account: UNKNOWN_ACCOUNT,
      of,
      attempt,
    };
  });
  return random.chance(0.3) ? [...strangers, revocation(random, random.pick(creates).atMs)] : strangers;
}

const revocation = (random: Random, atMs: number): KeyRevocation => ({
  kind: 'revoke_key',
  atMs,
  account: REVOKED_ACCOUNT,
  everyMs: random.between(300, 900),
  revokedAfterMs: random.between(200, 4_000),
});
