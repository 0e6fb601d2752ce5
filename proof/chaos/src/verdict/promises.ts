import { judgeCalls } from './bank-calls.js';
import { enough } from './enough.js';
import { granted } from './granted.js';
import type { PromiseResult } from './promise-result.js';
import { lostWrites } from './lost-writes.js';
import { judgeJobs } from './periodic-jobs.js';
import { chargesReadOtherwise, wrongBalances } from './read-back.js';
import type { RunFacts } from './run-facts.js';
import { QUIET_WITHIN_MS } from './settle.js';
import { judgeLogs } from './warnings.js';

/** Something that must hold of every run, judged from its facts alone. */
export interface ChaosPromise extends Pick<PromiseResult, 'id' | 'promise'> {
  readonly judge: (facts: RunFacts) => Pick<PromiseResult, 'lines' | 'looked'>;
}

/** What the checker cannot see: the API's own words at the end, what strangers were shown, how long it all took. */
export const chaosPromises: readonly ChaosPromise[] = [
  {
    id: 'A7 in time',
    promise: 'within 60 s after the last fault is lifted every charge has ended',
    judge: ({ quietAfterMs }) => ({
      lines:
        quietAfterMs !== undefined && quietAfterMs <= QUIET_WITHIN_MS
          ? []
          : [quietAfterMs === undefined ? 'it never became quiet' : `it took ${Math.round(quietAfterMs / 1_000)} s`],
    }),
  },
  {
    id: 'A9 told',
    promise: '/v1/balance is the sum of the account’s balance transactions',
    judge: (facts) => ({ lines: wrongBalances(facts) }),
  },
  {
    id: 'A10 fold',
    promise: 'every charge’s row follows from its events',
    judge: ({ projection }) => ({ lines: projection }),
  },
  {
    id: 'A11',
    promise:
      'calls are repeated within the retry budget, come again after their backoff, and never while their breaker is open',
    judge: judgeCalls,
  },
  {
    id: 'A13',
    promise: 'what was acknowledged is there, whatever was killed',
    judge: (facts) => ({ lines: lostWrites(facts) }),
  },
  {
    id: 'A14',
    promise: 'nothing of one account is shown to another or changed by it, and nothing hostile succeeds',
    judge: granted,
  },
  {
    id: 'A15 read',
    promise: 'in the end the API says of every charge what its row says',
    judge: (facts) => ({ lines: chargesReadOtherwise(facts) }),
  },
  {
    id: 'A16 enough',
    promise: 'a run in which too little happened has shown nothing',
    judge: enough,
  },
  {
    id: 'A18',
    promise: 'no periodic job fails by its own fault',
    judge: judgeJobs,
  },
  {
    id: 'unprovoked',
    promise: 'no service warns, or logs an error, without a fault that provoked it',
    judge: judgeLogs,
  },
];
