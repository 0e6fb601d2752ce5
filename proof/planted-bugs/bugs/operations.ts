import type { SourceEdit, Sabotage } from '../sabotage.js';

const finality = 'apps/bank-gateway/src/authorizations/authorization/finality.ts';
const nextAction = 'apps/bank-gateway/src/authorizations/authorization/next-action.ts';
const malformedRequest = 'apps/bank-gateway/src/authorizations/authorization/malformed-request.ts';
const reversal = 'apps/bank-gateway/src/authorizations/authorization/reversal.ts';
const attempt = 'apps/bank-gateway/src/authorizations/authorization/attempt.ts';
const authorization = 'apps/bank-gateway/src/authorizations/authorization/authorization.ts';
const task = 'apps/bank-gateway/src/authorizations/authorization/claimed-operation.ts';

/** The second line of defence, taken away at the idempotent banks: reconciliation would reverse the stray movement. */
const leavesIdempotentBanksAlone: SourceEdit = {
  file: 'apps/bank-gateway/src/authorizations/authorization/stray.ts',
  find: 'if (isReversed || isRecorded(authorization, bank, stray.bankId)) return authorization;',
  replace:
    "if (isReversed || bank === 'alder' || bank === 'birch' || isRecorded(authorization, bank, stray.bankId))\n    return authorization;",
};

export const operations: readonly Sabotage[] = [
  {
    name: 'begun-after-sending',
    says: 'an attempt is sent to the bank before `begun` is committed',
    breaks: ['A1'],
    edits: [
      {
        file: 'apps/bank-gateway/src/operations/begin-operations.ts',
        find: "effects.push({ kind: 'begin_operation', task: { ...task, operation: { ...task.operation, version: 1 } } });",
        replace: 'this.dispatch.handOver({ ...task, operation: { ...task.operation, version: 1 } });',
      },
    ],
  },
  {
    name: 'doubt-taken-for-failure',
    says: 'an attempt in doubt counts as not processed',
    breaks: ['A1'],
    edits: [
      {
        file: attempt,
        find: "return { ...timed, outcome: 'doubt', detail: outcome.reason };",
        replace: "return { ...timed, outcome: 'not_processed', detail: outcome.reason };",
      },
    ],
  },
  {
    name: 'unreadable-ends-everything',
    says: 'a request that the bank cannot parse ends its operation although an earlier attempt may have been performed; reconciliation, the second line of defence, skips idempotent banks',
    breaks: ['A3', 'A8'],
    edits: [
      leavesIdempotentBanksAlone,
      {
        file: malformedRequest,
        find: 'if (!isUnperformed(current) || !current.attempts.some(wasMalformed)) return current;',
        replace: 'if (!current.attempts.some(wasMalformed)) return current;',
      },
    ],
  },
  {
    name: 'crash-forgets-attempts',
    says: 'the instance that takes an operation over assumes that its begun attempts were never sent',
    breaks: ['A1'],
    edits: [
      {
        file: attempt,
        find: "{ ...attempt, outcome: 'doubt', detail: 'taken_over' }",
        replace: "{ ...attempt, outcome: 'not_processed', detail: 'taken_over' }",
      },
    ],
  },
  {
    name: 'rule-1-last-attempt-decides',
    says: 'a refusal ends an operation although an earlier attempt is in doubt; reconciliation, the second line of defence, skips idempotent banks',
    breaks: ['A3'],
    edits: [
      leavesIdempotentBanksAlone,
      {
        file: nextAction,
        find: '  const doubt = hasDoubt(operation);\n  const troubledSince',
        replace: '  const doubt = inDoubt(operation.attempts.at(-1)!);\n  const troubledSince',
      },
    ],
  },
  {
    name: 'rule-2-reference-per-attempt',
    says: 'every attempt has a reference of its own, so the bank cannot recognize a retry',
    breaks: ['A1', 'A5'],
    edits: [
      {
        file: task,
        find: '  const { reference, amountMinor } = operation;\n',
        replace:
          '  const { amountMinor } = operation;\n  const reference = `${operation.reference}.${operation.attempts.length}`;\n',
      },
    ],
  },
  {
    name: 'rule-3-retried-blindly',
    says: 'an attempt in doubt is retried at a bank that is not idempotent',
    breaks: ['A1'],
    edits: [
      { file: attempt, find: '  if (!bank.idempotent && hasDoubt(operation)) return undefined;\n', replace: '' },
      {
        file: nextAction,
        find: "return bank.idempotent && operation.inquiries >= unread ? 'attempt' : 'inquire';",
        replace: "return 'attempt';",
      },
    ],
  },
  {
    name: 'rule-4-not-found-believed-at-once',
    says: '“not found” ends an attempt that may still arrive at the bank',
    breaks: ['A1'],
    edits: [
      {
        file: finality,
        find: '  return finalAt !== undefined && asOf > finalAt;',
        replace: '  return finalAt !== asOf + 0.5;',
      },
    ],
  },
  {
    name: 'rule-5-later-answer-kept',
    says: 'a late answer from another instance overwrites the recorded end of an operation, so a hold stays for a failed charge',
    breaks: ['A3'],
    edits: [
      { file: attempt, find: '  if (!isLive(operation)) return operation;\n  let current', replace: '  let current' },
      {
        file: attempt,
        find: '    if (end) return ended(current, end);\n  }\n  return continueOperation(current, moment, bank);',
        replace:
          '    if (end) return ended(current, end);\n  }\n  return isLive(operation) ? continueOperation(current, moment, bank) : operation;',
      },
      {
        file: attempt,
        find: '    if (!isLive(current)) return current;\n    const end = endOf',
        replace: '    if (!isLive(current) && isLive(operation)) return current;\n    const end = endOf',
      },
      {
        file: 'apps/bank-gateway/src/operations/performer.ts',
        find: 'const before = found && isLive(found) ? found : undefined;',
        replace: 'const before = found;',
      },
      {
        file: authorization,
        find: 'next === current || !isLive(current))',
        replace: 'next === current || (!isLive(current) && current.end?.kind === next.end?.kind))',
      },
      {
        file: authorization,
        find: '  const end = next.end!;\n  switch (updated.state) {',
        replace:
          "  const end = next.end!;\n  if (next.kind === 'authorize') return afterAuthorize({ ...updated, state: 'authorizing', cancellation: null }, next, end, banks);\n  switch (updated.state) {",
      },
    ],
  },
  {
    name: 'rule-7-reversal-not-waited-for',
    says: 'an authorization fails as soon as its reversal is sent, not when it is acknowledged; reconciliation, the second line of defence, skips idempotent banks',
    breaks: ['A3'],
    edits: [
      leavesIdempotentBanksAlone,
      {
        file: reversal,
        find: "  if (outcome.kind !== 'answered' || !acknowledges(updated, bank, outcome.answer))\n    return continueOperation(updated, moment, bank);\n  if (updated.kind === 'authorize') return ended(updated, { kind: 'not_performed', reason: 'reversed_out_of_doubt' });\n",
        replace:
          "  if (updated.kind === 'authorize') return ended(updated, { kind: 'not_performed', reason: 'reversed_out_of_doubt' });\n  if (outcome.kind !== 'answered' || !acknowledges(updated, bank, outcome.answer))\n    return continueOperation(updated, moment, bank);\n",
      },
    ],
  },
  {
    name: 'rule-9-refused-void-is-void',
    says: 'a void that the bank refused counts as performed',
    breaks: ['A3'],
    edits: [
      {
        file: attempt,
        find: 'if (isUndoneByReversal(operation)) return undefined;',
        replace: "if (isUndoneByReversal(operation)) return { kind: 'succeeded', bankId: 'nobody' };",
      },
    ],
  },
  {
    name: 'fallback-after-a-sent-attempt',
    says: 'another bank is tried while the first may still perform; reconciliation, the second line of defence, skips idempotent banks',
    breaks: ['A1', 'A3'],
    edits: [
      leavesIdempotentBanksAlone,
      {
        file: authorization,
        find: "operation.attempts.every(({ outcome }) => outcome === 'not_processed')",
        replace: 'operation.attempts.length > 0',
      },
      {
        file: nextAction,
        find: "    if (givesUp) return ended(live, { kind: 'not_performed', reason: 'not_processed' });\n",
        replace: '',
      },
      {
        file: nextAction,
        find: '  if (!doubt) {\n    const givesUp',
        replace:
          "  if (live.kind === 'authorize' && doubt) return ended(live, { kind: 'not_performed', reason: 'not_processed' });\n  if (!doubt) {\n    const givesUp",
      },
    ],
  },
];
