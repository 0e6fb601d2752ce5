import type { Sabotage } from '../sabotage.js';

const repetition = 'libs/bank-call/src/repetition.ts';
const attempt = 'apps/bank-gateway/src/authorizations/authorization/attempt.ts';
const bankCaller = 'libs/bank-call/src/bank-caller.ts';
/** A11 is checked on the journals of chaos runs, which have enough calls. */
const tooFewCalls = 'a world makes too few calls to test a distribution, a budget or a full bulkhead';

export const bankCalls: readonly Sabotage[] = [
  {
    name: 'retried-in-place-at-any-bank',
    says: 'an attempt in doubt is retried at once at a bank that is not idempotent, which performs it a second time',
    breaks: ['A1'],
    edits: [
      {
        file: repetition,
        find: 'return bank.idempotent || isIdempotentEverywhere(order);',
        replace: 'return bank.idempotent || !isIdempotentEverywhere(order);',
      },
      { file: attempt, find: '  if (!bank.idempotent && hasDoubt(operation)) return undefined;\n', replace: '' },
    ],
  },
  {
    name: 'breaker-per-process',
    says: 'all banks share one circuit breaker: while one bank is down, charges at the others fail too',
    breaks: ['A16'],
    edits: [
      {
        file: 'apps/bank-gateway/src/banks/banks.ts',
        find: "return caller.untilProbeMs('movements') > 0;",
        replace:
          "return [caller, ...this.all.map(({ shared }) => shared)].some((each) => each.untilProbeMs('movements') > 0);",
      },
    ],
  },
  {
    name: 'fault-token-counts-for-everybody',
    says: 'failures that one account causes by fault tokens open the shared circuit breaker of the bank',
    breaks: ['A16'],
    edits: [
      {
        file: 'libs/bank-call/src/bank-order.ts',
        find: 'return fault === null || fault === undefined ? undefined : account;',
        replace: "return fault === null || fault === undefined || fault !== '' ? undefined : account;",
      },
    ],
  },
  {
    name: 'backoff-without-jitter',
    says: 'backoff waits for its full ceiling without jitter, so all waiting calls retry at the same moment (thundering herd)',
    breaks: ['A11'],
    shownBySpec: { file: 'libs/bank-call/src/reattempt-delay.spec.ts', because: tooFewCalls },
    edits: [
      {
        file: 'libs/clock/src/backoff.ts',
        find: 'return Math.floor(random() * ceilingMs);',
        replace: 'return Math.floor(random() * 0 + ceilingMs);',
      },
    ],
  },
  {
    name: 'backoff-does-not-grow',
    says: 'backoff stays at half a second instead of growing exponentially',
    breaks: ['A11'],
    shownBySpec: { file: 'libs/bank-call/src/reattempt-delay.spec.ts', because: tooFewCalls },
    edits: [
      {
        file: 'libs/clock/src/backoff.ts',
        find: '2 ** Math.min(attempt - 1, 30)',
        replace: '2 ** Math.min(attempt - 1, 0)',
      },
    ],
  },
  {
    name: 'retry-budget-ignored',
    says: 'the retry budget is counted but not enforced, so retries overload a failing bank',
    breaks: ['A11'],
    shownBySpec: { file: 'libs/bank-call/src/bank-caller.spec.ts', because: tooFewCalls },
    edits: [
      {
        file: bankCaller,
        find: 'if (this.#budget.tryTake(nowMs)) return true;',
        replace: 'if (this.#budget.tryTake(nowMs) || wanted) return true;',
      },
    ],
  },
  {
    name: 'open-breaker-lets-everything-pass',
    says: 'an open circuit breaker lets every call pass',
    breaks: ['A11'],
    shownBySpec: { file: 'libs/bank-call/src/lane-breaker.spec.ts', because: tooFewCalls },
    edits: [
      {
        file: 'libs/bank-call/src/lane-breaker.ts',
        find: 'this.#circuit.fire(judged).then(',
        replace: '(this.#circuit.opened ? judged() : this.#circuit.fire(judged)).then(',
      },
    ],
  },
  {
    name: 'bulkhead-without-limit',
    says: 'the bulkhead has no limit, so a hanging bank ties up the whole process',
    breaks: ['A16'],
    shownBySpec: { file: 'libs/bank-call/src/bulkhead.spec.ts', because: tooFewCalls },
    edits: [
      {
        file: 'libs/bank-call/src/bulkhead.ts',
        find: 'if (this.free <= 0) return undefined;',
        replace: 'if (this.free <= -1_000_000) return undefined;',
      },
    ],
  },
];
