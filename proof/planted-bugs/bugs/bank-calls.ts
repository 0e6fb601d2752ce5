import type { Sabotage } from '../sabotage.js';

const repetition = 'libs/bank-call/src/repetition.ts';
const operation = 'apps/bank-gateway/src/authorizations/authorization/operation.ts';
const bankCaller = 'libs/bank-call/src/bank-caller.ts';
/** A simulated world is too short and too quiet for it, and A11 is judged from the journals of chaos runs. */
const tooFewCalls = 'a world makes too few calls for a distribution, a budget or a full bulkhead';

export const bankCalls: readonly Sabotage[] = [
  {
    name: 'retried-in-place-at-any-bank',
    says: 'an attempt in doubt is repeated in place, at a bank that performs it a second time',
    breaks: ['A1'],
    edits: [
      {
        file: repetition,
        find: 'return bank.idempotent || isIdempotentEverywhere(order);',
        replace: 'return bank.idempotent || !isIdempotentEverywhere(order);',
      },
      { file: operation, find: '  if (!bank.idempotent && hasDoubt(operation)) return undefined;\n', replace: '' },
    ],
  },
  {
    name: 'breaker-per-process',
    says: 'one breaker guards all banks: while one of them is away, charges at every other bank fail as well',
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
    says: 'what a client does to its own charges by fault tokens opens the breaker of the bank for everybody',
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
    says: 'a backoff waits for its whole ceiling, so that everybody who waits comes back at the same moment',
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
    says: 'a backoff stays at half a second, however often a bank has failed',
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
    says: 'a bank that struggles is buried under repetitions: the retry budget is counted and not kept',
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
    says: 'a breaker that is open lets every call pass',
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
    says: 'a bank that hangs takes as many calls as there are, and with them the process',
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
