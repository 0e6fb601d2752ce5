/** One way to break the code on purpose: texts that stand there once, and what is put in their place. */
export interface Sabotage {
  readonly name: string;
  /** What is wrong then. */
  readonly says: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const operation = 'apps/bank-gateway/src/operations/operation.ts';
const authorization = 'apps/bank-gateway/src/authorizations/authorization.ts';
const authorizationRows = 'apps/bank-gateway/src/authorizations/authorization.repository.ts';
const stray = 'apps/bank-gateway/src/authorizations/on-difference-found.ts';

/** Rules are those of the banks: "Rules that make it sound", in the issue that they were written for. */
export const sabotages: readonly Sabotage[] = [
  {
    name: 'inbox-skipped',
    says: 'an event that was seen before is decided again',
    edits: [
      {
        file: 'libs/saga/src/batch.ts',
        find: 'if (!fresh.delete(inboxIdOf(event))) {',
        replace: 'if (!fresh.delete(inboxIdOf(event)) && event.resent && false) {',
      },
    ],
  },
  {
    name: 'outbox-before-commit',
    says: 'events leave before the transaction of their state has committed',
    edits: [
      {
        file: 'libs/messaging/src/outbox.repository.ts',
        find: 'tx.onCommit(() => {',
        replace: '((now: () => void) => now())(() => {',
      },
    ],
  },
  {
    name: 'begun-after-sending',
    says: 'an attempt goes to the bank before `begun` is committed',
    edits: [
      {
        file: authorizationRows,
        find: 'tx.onCommit(() =>\n      dispatch',
        replace: '((now: () => void) => now())(() =>\n      dispatch',
      },
    ],
  },
  {
    name: 'doubt-taken-for-failure',
    says: 'an attempt whose outcome is unknown counts as not processed',
    edits: [
      {
        file: operation,
        find: "return { ...timed, outcome: 'doubt', detail: outcome.reason };",
        replace: "return { ...timed, outcome: 'not_processed', detail: outcome.reason };",
      },
    ],
  },
  {
    name: 'crash-forgets-attempts',
    says: 'whoever takes an operation over believes that what had begun never left',
    edits: [
      {
        file: operation,
        find: "{ ...attempt, outcome: 'doubt', detail: 'taken_over' }",
        replace: "{ ...attempt, outcome: 'not_processed', detail: 'taken_over' }",
      },
    ],
  },
  {
    name: 'rule-1-last-attempt-decides',
    says: 'an operation ends negatively although an earlier attempt of it is in doubt',
    edits: [
      {
        file: operation,
        find: '  const doubt = hasDoubt(operation);\n  const troubledSince',
        replace: '  const doubt = inDoubt(operation.attempts.at(-1)!);\n  const troubledSince',
      },
    ],
  },
  {
    name: 'rule-2-reference-per-attempt',
    says: 'every attempt has a reference of its own',
    edits: [
      {
        file: 'apps/bank-gateway/src/operations/task.ts',
        find: '  const { reference, amountMinor } = operation;\n',
        replace:
          '  const { amountMinor } = operation;\n  const reference = `${operation.reference}.${operation.attempts.length}`;\n',
      },
    ],
  },
  {
    name: 'rule-3-retried-blindly',
    says: 'a bank that performs whatever comes is asked again while an attempt is in doubt',
    edits: [
      { file: operation, find: '  if (!bank.idempotent && hasDoubt(operation)) return undefined;\n', replace: '' },
      { file: operation, find: "return bank.idempotent ? 'attempt' : 'inquire';", replace: "return 'attempt';" },
    ],
  },
  {
    name: 'rule-4-not-found-believed-at-once',
    says: '“not found” ends an attempt that may still arrive',
    edits: [
      {
        file: operation,
        find: '  return finalAt !== undefined && asOf > finalAt;',
        replace: '  return finalAt !== asOf + 0.5;',
      },
    ],
  },
  {
    name: 'rule-5-later-answer-kept',
    says: 'an operation that has ended takes another end',
    edits: [
      { file: operation, find: '  if (!isLive(operation)) return operation;\n  let current', replace: '  let current' },
      {
        file: 'apps/bank-gateway/src/operations/performer.ts',
        find: 'const before = found && isLive(found) ? found : undefined;',
        replace: 'const before = found;',
      },
    ],
  },
  {
    name: 'rule-6-approval-while-reversing',
    says: 'an approval that arrives while the reversal is under way is believed',
    edits: [
      {
        file: operation,
        find: "if (outcome.kind !== 'answered' || operation.phase === 'reversing') return undefined;",
        replace: "if (outcome.kind !== 'answered') return undefined;",
      },
    ],
  },
  {
    name: 'rule-7-reversal-not-waited-for',
    says: 'an authorization has failed as soon as its reversal was sent',
    edits: [
      {
        file: operation,
        find: "if (outcome.kind !== 'answered' || !acknowledges(asked, bank, outcome.answer)) return goOn(asked, moment, bank);\n  if (asked.kind === 'authorize')",
        replace: "if (asked.kind === 'authorize')",
      },
    ],
  },
  {
    name: 'rule-9-refused-void-is-void',
    says: 'a void that the bank refused counts as done',
    edits: [
      {
        file: operation,
        find: 'if (isUndoneByReversal(operation)) return undefined;',
        replace: "if (isUndoneByReversal(operation)) return { kind: 'succeeded', bankId: 'nobody' };",
      },
    ],
  },
  {
    name: 'rule-10-cancel-overrides-capture',
    says: 'a cancellation replaces a capture that may have been performed',
    edits: [
      {
        file: authorization,
        find: 'if (!cancellation || !isUnperformed(captures)) return',
        replace: 'if (!cancellation) return',
      },
      {
        file: operation,
        find: '  assert(isUnperformed(operation), `${operation.reference} may have been performed`);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'rule-11-live-operation-reversed',
    says: 'reconciliation undoes what an operation in doubt has performed',
    edits: [
      {
        file: stray,
        find: '    if (asked && isLive(asked)) return become(suspect(authorization, asked, stray));\n',
        replace: '',
      },
    ],
  },
  {
    name: 'rule-11-recorded-performance-reversed',
    says: 'reconciliation undoes what an operation has recorded as its own',
    edits: [
      {
        file: 'apps/bank-gateway/src/authorizations/stray.ts',
        find: 'if (known || isRecorded(authorization, bank, stray.bankId)) return authorization;',
        replace: 'if (known) return authorization;',
      },
      {
        file: stray,
        find: 'if (isRecorded(authorization, bank, bankId))',
        replace: 'if (authorization.operations.length > 99)',
      },
    ],
  },
  {
    name: 'closing-slot-unlocked',
    says: 'an authorization is loaded without its lock',
    edits: [
      {
        file: authorizationRows,
        find: 'WHERE charge_id = wanted.charge_id FOR UPDATE) a ON true',
        replace: 'WHERE charge_id = wanted.charge_id) a ON true',
      },
      {
        file: authorizationRows,
        find: '(SELECT * FROM bank_operation WHERE charge_id = wanted.charge_id FOR UPDATE)',
        replace: '(SELECT * FROM bank_operation WHERE charge_id = wanted.charge_id)',
      },
      { file: authorizationRows, find: '     AND stored.version = changed.version - 1\n', replace: '' },
      {
        file: authorizationRows,
        find: 'saved.length,\n      changes.operations.length,',
        replace: '0,\n      0,',
      },
    ],
  },
  {
    name: 'operations-loaded-with-their-lock',
    says: 'who waits for an authorization does not see the operations that came meanwhile',
    edits: [
      {
        file: authorizationRows,
        find: 'WHERE charge_id = wanted.charge_id FOR UPDATE) a ON true',
        replace: 'WHERE charge_id = wanted.charge_id) a ON true',
      },
      {
        file: authorizationRows,
        find: '(SELECT * FROM bank_authorization WHERE charge_id = wanted.charge_id LIMIT 1)',
        replace: '(SELECT * FROM bank_authorization WHERE charge_id = wanted.charge_id FOR UPDATE)',
      },
    ],
  },
  {
    name: 'neighbour-waited-for-once',
    says: 'two requests that waited for the same one both begin',
    edits: [
      {
        file: 'apps/payments-api/src/charges/keyed-requests.ts',
        find: 'for (let neighbour = claims.find(claim); neighbour; neighbour = claims.find(claim)) {',
        replace: 'const neighbour = claims.find(claim);\n    if (neighbour) {',
      },
    ],
  },
  {
    name: 'answer-stored-twice',
    says: 'a key that has its answer is given another',
    edits: [
      {
        file: 'apps/payments-api/src/charges/charge.repository.ts',
        find: 'SELECT * FROM unnest($14::text[], $15::text[], $16::int2[], $17::text[])\n   ON CONFLICT DO NOTHING',
        replace:
          'SELECT * FROM unnest($14::text[], $15::text[], $16::int2[], $17::text[])\n   ON CONFLICT (account, key) DO UPDATE SET status = excluded.status, body = excluded.body',
      },
    ],
  },
  {
    name: 'refund-sum-unchecked',
    says: 'a refund is accepted whatever was refunded before',
    edits: [
      {
        file: 'apps/payments-api/src/refunds/create-refund.ts',
        find: '  if (left.amountMinor === 0) return refused(alreadyRefunded(charge.opening.id));\n',
        replace: '',
      },
      {
        file: 'apps/payments-api/src/refunds/create-refund.ts',
        find: 'money(amountMinor ?? left.amountMinor, captured.currency)',
        replace: 'money(amountMinor ?? captured.amountMinor, captured.currency)',
      },
      {
        file: 'apps/payments-api/src/refunds/create-refund.ts',
        find: '  if (wanted.amountMinor > left.amountMinor) return refused(refundTooLarge(wanted, left));\n',
        replace: '',
      },
    ],
  },
  {
    name: 'fee-forgotten',
    says: 'the merchant is told of a fee that the ledger does not take',
    edits: [
      {
        file: 'apps/ledger/src/transfers/hold.ts',
        find: 'moves: [...hold.moves, posted, fee],',
        replace: 'moves: [...hold.moves, posted],',
      },
    ],
  },
  {
    name: 'hold-left-open',
    says: 'a hold stays when its authorization was given back',
    edits: [
      {
        file: 'apps/ledger/src/transfers/hold.ts',
        find: "    hold.state === 'pending'\n      ? [",
        replace: "    hold.state === 'posted'\n      ? [",
      },
    ],
  },
  {
    name: 'snowflake-without-clock-guard',
    says: 'ids follow the wall clock back',
    edits: [
      {
        file: 'libs/snowflake/src/snowflake.ts',
        find: 'this.#latestWallMs = Math.max(this.#latestWallMs, clock.now());\n    const borrowing = this.#latestWallMs <= this.#lastMs;',
        replace: 'this.#latestWallMs = clock.now();\n    const borrowing = this.#latestWallMs === this.#lastMs;',
      },
    ],
  },
  {
    name: 'sweeper-with-new-ids',
    says: 'what is said again is said under new ids',
    edits: [
      {
        file: 'libs/saga/src/sweeper.ts',
        find: '({ ...event, source: service, time: clock.now(), traceparent, resent: true })',
        replace:
          '({ ...event, id: `${event.id}.${clock.now()}`, source: service, time: clock.now(), traceparent, resent: true })',
      },
    ],
  },
  {
    name: 'sweeper-asleep',
    says: 'nothing is said again, however long a charge has stood still',
    edits: [
      {
        file: 'libs/saga/src/sweeper.ts',
        find: 'if (events.length > 0) await',
        replace: 'if (events.length > 1e9) await',
      },
    ],
  },
  {
    name: 'fallback-after-a-sent-attempt',
    says: 'another bank is asked while the first may still perform',
    edits: [
      {
        file: authorization,
        find: "operation.attempts.every(({ outcome }) => outcome === 'not_processed')",
        replace: 'operation.attempts.length > 0',
      },
      {
        file: operation,
        find: "    if (givesUp) return ended(live, { kind: 'not_performed', reason: 'not_processed' });\n",
        replace: '',
      },
      {
        file: operation,
        find: '  if (!doubt) {\n    const givesUp',
        replace:
          "  if (live.kind === 'authorize' && doubt) return ended(live, { kind: 'not_performed', reason: 'not_processed' });\n  if (!doubt) {\n    const givesUp",
      },
    ],
  },
];
