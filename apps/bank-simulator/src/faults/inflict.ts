import type { bankProtocol } from '#contracts';
import { cut } from './cut.js';
import { declineAfterTimeout } from './decline-after-timeout.js';
import { dropAfter } from './drop-after.js';
import { dropBefore } from './drop-before.js';
import { duplicate } from './duplicate.js';
import { error } from './error.js';
import type { BankExchange, FaultBehavior } from './exchange.js';
import { hang } from './hang.js';
import { inquiryLag } from './inquiry-lag.js';
import { late } from './late.js';
import { latency } from './latency.js';
import { malformed } from './malformed.js';
import { notProcessed } from './not-processed.js';
import { outage } from './outage.js';
import { rateLimited } from './rate-limited.js';
import { refuse } from './refuse.js';
import { reject } from './reject.js';
import { slowDrip } from './slow-drip.js';
import type { FaultStrike } from './fault-rules.js';

const faults: { [Name in bankProtocol.FaultName]: FaultBehavior<Name> } = {
  latency,
  slow_drip: slowDrip,
  hang,
  error,
  not_processed: notProcessed,
  rate_limited: rateLimited,
  reject,
  outage,
  cut,
  malformed,
  drop_before: dropBefore,
  drop_after: dropAfter,
  late,
  duplicate,
  inquiry_lag: inquiryLag,
  refuse,
  decline_after_timeout: declineAfterTimeout,
};

/** Applies a fault to an exchange. */
export async function inflict<Name extends bankProtocol.FaultName>(
  { fault, parameters }: FaultStrike<Name>,
  exchange: BankExchange,
): Promise<void> {
  await faults[fault](exchange, parameters);
}
