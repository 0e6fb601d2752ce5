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

/** An invariant of every chaos run: a pure function of its facts. */
export interface ChaosPromise extends Pick<PromiseResult, 'id' | 'promise'> {
  readonly judge: (facts: RunFacts) => Pick<PromiseResult, 'lines' | 'looked'>;
}

/** Invariants beyond the checker's: final reads of the API, requests for other accounts' objects, time to quiescence. */
export const chaosPromises: readonly ChaosPromise[] = [
  {
    id: 'A7 in time',
    promise: 'every charge ends within 60 s after the last fault is lifted',
    judge: ({ quietAfterMs }) => ({
      lines:
        quietAfterMs !== undefined && quietAfterMs <= QUIET_WITHIN_MS
          ? []
          : [quietAfterMs === undefined ? 'it never became quiet' : `it took ${Math.round(quietAfterMs / 1_000)} s`],
    }),
  },
  {
    id: 'A9 API',
    promise: '/v1/balance equals the sum of the account’s balance transactions',
    judge: (facts) => ({ lines: wrongBalances(facts) }),
  },
  {
    id: 'A10 fold',
    promise: 'every charge’s row equals the fold of its events',
    judge: ({ projection }) => ({ lines: projection }),
  },
  {
    id: 'A11',
    promise:
      'retries stay within the retry budget and wait for their backoff, and no call is sent while its circuit breaker is open',
    judge: judgeCalls,
  },
  {
    id: 'A13',
    promise: 'no acknowledged write is lost, whichever process is killed',
    judge: (facts) => ({ lines: lostWrites(facts) }),
  },
  {
    id: 'A14',
    promise: 'no account can read or change another account’s objects, and no hostile request succeeds',
    judge: granted,
  },
  {
    id: 'A15 API',
    promise: 'at the end the API shows every charge as its row says',
    judge: (facts) => ({ lines: chargesReadOtherwise(facts) }),
  },
  {
    id: 'A16 enough',
    promise: 'a run has a minimum of activity',
    judge: enough,
  },
  {
    id: 'A18',
    promise: 'no periodic job fails for a reason of its own',
    judge: judgeJobs,
  },
  {
    id: 'unprovoked',
    promise: 'no service logs a warning or an error that no fault explains',
    judge: judgeLogs,
  },
];
