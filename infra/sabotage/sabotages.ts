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
const task = 'apps/bank-gateway/src/operations/task.ts';
const bankMovement = 'apps/bank-simulator/src/books/movement.ts';
const hold = 'apps/ledger/src/transfers/hold.ts';
const ledgerRefund = 'apps/ledger/src/refunds/refund.ts';
const chargeRows = 'apps/payments-api/src/charges/charge.repository.ts';
const chargeRequestRows = 'apps/payments-api/src/charges/charge-request.repository.ts';
const workerIds = 'libs/snowflake/src/worker-id.repository.ts';

/** What stands behind ids that are unique: a charge, and a stream of events, that takes no second one in the same place. */
const chargeTakesAnything: readonly Edit[] = [
  {
    file: chargeRows,
    find: 'expires_ms, key, traceparent)\n   )',
    replace: 'expires_ms, key, traceparent)\n     ON CONFLICT DO NOTHING\n   )',
  },
  {
    file: chargeRows,
    find: 'SELECT * FROM unnest($17::text[], $18::int4[], $19::text[], $20::jsonb[])`',
    replace: 'SELECT * FROM unnest($17::text[], $18::int4[], $19::text[], $20::jsonb[])\n   ON CONFLICT DO NOTHING`',
  },
];

/**
 * What stands behind it: a statement shows what the books do not know, and reconciliation has it undone. At these banks
 * nothing else needs that.
 */
const leavesIdempotentBanksAlone: Edit = {
  file: 'apps/bank-gateway/src/authorizations/stray.ts',
  find: 'if (known || isRecorded(authorization, bank, stray.bankId)) return authorization;',
  replace:
    "if (known || bank === 'alder' || bank === 'birch' || isRecorded(authorization, bank, stray.bankId))\n    return authorization;",
};

/** Rules are those of the banks: "Rules that make it sound", in the issue that they were written for. */
export const sabotages: readonly Sabotage[] = [
  {
    name: 'inbox-skipped',
    says: 'an event that was seen before is decided again; and the books, which would know by their state, take it for another',
    edits: [
      {
        file: 'libs/saga/src/batch.ts',
        find: 'if (!fresh.delete(inboxIdOf(event))) {',
        replace: 'if (!fresh.delete(inboxIdOf(event)) && event.resent && false) {',
      },
      { file: hold, find: 'function feeFor(', replace: 'export function feeFor(' },
      {
        file: 'apps/ledger/src/transfers/on-capture-succeeded.ts',
        find: "assert.deepEqual(event.amount, hold.posted, 'a charge was captured twice, for different amounts');\n        return unchanged(hold);",
        replace:
          'return become({ ...hold, moves: [...hold.moves, { ...feeFor(hold.account, event.amount, because), effect: `fee:${now}` }] });',
      },
      {
        file: 'apps/ledger/src/transfers/on-capture-succeeded.ts',
        find: "from './hold.js';",
        replace: "from './hold.js';\nimport { feeFor } from './hold.js';",
      },
    ],
  },
  {
    name: 'outbox-before-commit',
    says: 'events leave before the transaction of their state has committed',
    edits: [
      {
        file: 'libs/messaging/src/outbox.repository.ts',
        find: '    const inserted = tx.query<',
        replace:
          '    this.relay.offer(\n      records.map(({ shard }, index) => ({ id: -Math.ceil(Math.random() * 1e12), behind: null, shard, event: events[index]!, appendedAt: this.clock.now() })),\n    );\n    const inserted = tx.query<',
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
    name: 'unreadable-ends-everything',
    says: 'a request that the bank cannot read ends its operation, though an attempt before it may have been performed; and reconciliation, which would find it, leaves idempotent banks alone',
    edits: [
      leavesIdempotentBanksAlone,
      {
        file: operation,
        find: 'if (!isUnperformed(known) || !known.attempts.some(wasMalformed)) return known;',
        replace: 'if (!known.attempts.some(wasMalformed)) return known;',
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
    says: 'an operation ends negatively although an earlier attempt of it is in doubt; and reconciliation, which would find it, leaves idempotent banks alone',
    edits: [
      leavesIdempotentBanksAlone,
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
        file: task,
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
      {
        file: operation,
        find: "return bank.idempotent && operation.inquiries >= unread ? 'attempt' : 'inquire';",
        replace: "return 'attempt';",
      },
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
    says: 'an operation that has ended takes another end when somebody comes late with another answer, and its charge goes on with that',
    edits: [
      { file: operation, find: '  if (!isLive(operation)) return operation;\n  let current', replace: '  let current' },
      {
        file: operation,
        find: '    if (end) return ended(current, end);\n  }\n  return goOn(current, moment, bank);',
        replace:
          '    if (end) return ended(current, end);\n  }\n  return isLive(operation) ? goOn(current, moment, bank) : operation;',
      },
      {
        file: 'apps/bank-gateway/src/operations/performer.ts',
        find: 'const before = found && isLive(found) ? found : undefined;',
        replace: 'const before = found;',
      },
      {
        file: authorization,
        find: "if (authorization.state === 'none' || !current || next === current || !isLive(current))",
        replace:
          "const isSaid = current?.end && JSON.stringify(current.end) === JSON.stringify(next.end);\n  if (authorization.state === 'none' || !current || next === current || isSaid)",
      },
      {
        file: authorization,
        find: '  const end = next.end!;\n  switch (asked.state) {',
        replace:
          "  const end = next.end!;\n  switch ({ authorize: 'authorizing', capture: 'capturing', void: 'voiding' }[next.kind]) {",
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
    says: 'an authorization has failed as soon as its reversal was sent; and reconciliation, which would find it, leaves idempotent banks alone',
    edits: [
      leavesIdempotentBanksAlone,
      {
        file: operation,
        find: "if (outcome.kind !== 'answered' || !acknowledges(asked, bank, outcome.answer)) return goOn(asked, moment, bank);\n  if (asked.kind === 'authorize')",
        replace: "if (asked.kind === 'authorize')",
      },
    ],
  },
  {
    name: 'rule-8-named-by-reference',
    says: 'capture, void and refund name what they act on by our reference; and the banks, whose protocol knows no such name, take it for its latest performance: else they would refuse it, and all would come to nothing',
    edits: [
      {
        file: task,
        find: '        authorizationId: known(actsOn),\n',
        replace: '        authorizationId: `${terms.chargeId}.authorize.${operation.bank}`,\n',
      },
      {
        file: task,
        find: "{ kind: 'void', reference, ...aimOf(terms), authorizationId: known(actsOn) }",
        replace:
          "{ kind: 'void', reference, ...aimOf(terms), authorizationId: `${terms.chargeId}.authorize.${operation.bank}` }",
      },
      { file: task, find: 'captureId: known(actsOn) }', replace: 'captureId: `${terms.chargeId}.capture` }' },
      {
        file: bankMovement,
        find: 'const authorization = books.find(bankId);',
        replace: 'const authorization = books.find(bankId) ?? books.performances(bankId).at(-1);',
      },
      {
        file: bankMovement,
        find: 'const capture = books.find(movement.captureId);',
        replace: 'const capture = books.find(movement.captureId) ?? books.performances(movement.captureId).at(-1);',
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
    says: 'a cancellation takes the place of a capture that was performed, or may have been',
    edits: [
      {
        file: authorization,
        find: 'if (!cancellation || !isUnperformed(captures)) return',
        replace: 'if (!cancellation) return',
      },
      {
        file: authorization,
        find: '      if (authorization.cancellation) return unchanged(authorization);\n      return become({ ...authorization, cancellation: cause }, cancellationRefused(authorization));',
        replace: '      return become(release(authorization, cause, null));',
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
        find: "WHERE charge_id = wanted.charge_id AND phase <> 'ended' FOR UPDATE) AS live",
        replace: "WHERE charge_id = wanted.charge_id AND phase <> 'ended') AS live",
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
    name: 'authorization-read-before-its-lock',
    says: 'who waits for an authorization decides by what it was before',
    edits: [
      {
        file: authorizationRows,
        find: 'const [, rows] = await Promise.all([tx.query(lockStatement, [ids]), tx.query<LoadedRow>(loadStatement, [ids])]);',
        replace:
          'const [rows] = await Promise.all([tx.query<LoadedRow>(loadStatement, [ids]), tx.query(lockStatement, [ids])]);',
      },
    ],
  },
  {
    name: 'neighbour-waited-for-once',
    says: 'two requests that waited for the same one both begin; and the list of open claims, which would know, does not mind that a key has two',
    edits: [
      {
        file: 'apps/payments-api/src/charges/keyed-requests.ts',
        find: 'for (let neighbour = claims.find(claim); neighbour; neighbour = claims.find(claim)) {',
        replace: 'const neighbour = claims.find(claim);\n    if (neighbour) {',
      },
      {
        file: 'apps/payments-api/src/idempotency/open-claims.ts',
        find: "    assert(!this.byName.has(name), 'a key is held by one request at a time');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'answer-stored-twice',
    says: 'a key that has its answer is given another',
    edits: [
      {
        file: chargeRows,
        find: 'SELECT * FROM unnest($16::text[], $17::text[], $18::int2[], $19::text[])\n   ON CONFLICT DO NOTHING',
        replace:
          'SELECT * FROM unnest($16::text[], $17::text[], $18::int2[], $19::text[])\n   ON CONFLICT (account, key) DO UPDATE SET status = excluded.status, body = excluded.body',
      },
    ],
  },
  {
    name: 'refund-sum-unchecked',
    says: 'a refund is accepted whatever was refunded before: at the API, in the books and at the gateway',
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
      {
        file: ledgerRefund,
        find: "  if (refundedMinor + amount.amountMinor > captured.amount.amountMinor) return 'exceeds_captured';\n",
        replace: '',
      },
      {
        file: ledgerRefund,
        find: "  assert(refundedMinor + amount.amountMinor <= captured.amount.amountMinor, 'refunds exceed what was captured');\n",
        replace: '',
      },
      {
        file: 'apps/ledger/src/migrations/0002-add-refunds.migration.ts',
        find: 'CREATE TRIGGER refunds_are_bounded AFTER INSERT ON transfer\n    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_excess_refunds();',
        replace: '',
      },
      {
        file: 'apps/bank-gateway/src/authorizations/refund.ts',
        find: "  assert(given + amount.amountMinor <= captured.amountMinor, 'refunds of more than was captured');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'fee-forgotten',
    says: 'the merchant is told of a fee that the ledger does not take',
    edits: [
      {
        file: hold,
        find: 'moves: [...moves, fee],',
        replace: 'moves,',
      },
    ],
  },
  {
    name: 'hold-left-open',
    says: 'a hold stays when its authorization was given back',
    edits: [
      {
        file: hold,
        find: "    hold.state === 'pending'\n      ? [",
        replace: "    hold.state === 'posted'\n      ? [",
      },
    ],
  },
  {
    name: 'hold-voided-twice',
    says: 'a hold is given back by two transfers, which the database does not refuse',
    edits: [
      {
        file: hold,
        find: '    suspended: suspendedBy(hold),\n    moves,\n',
        replace:
          "    suspended: suspendedBy(hold),\n    moves: moves.flatMap((move) => (move.kind === 'void' ? [move, { ...move, effect: 'released' }] : [move])),\n",
      },
      {
        file: 'apps/ledger/src/migrations/0001-create-ledger.migration.ts',
        find: 'CREATE UNIQUE INDEX transfer_resolved_once',
        replace: 'CREATE INDEX transfer_resolved_once',
      },
    ],
  },
  {
    name: 'parked-key-freed-too-soon',
    says: 'a key is free once its unreadable event is discarded, although others wait behind it: nobody comes back to them, and what comes next overtakes them',
    edits: [
      {
        file: 'libs/saga/src/parked-events.repository.ts',
        find: '`DELETE FROM parked_key WHERE key = $1 AND NOT EXISTS (\n     SELECT FROM parked_event WHERE parked_event.key = $1 AND discarded_at IS NULL)`',
        replace: '`DELETE FROM parked_key WHERE key = $1`',
      },
    ],
  },
  {
    name: 'key-claimed-apart',
    says: 'a key is claimed in a transaction of its own, before that of its charge',
    edits: [
      {
        file: 'apps/payments-api/src/charges/keyed-requests.ts',
        find: '      return await this.parts.commands.submit(work);\n',
        replace:
          '      await this.parts.database.transaction((tx) => claimKeys(tx, this.parts.claims.held([work.id])));\n      return await this.parts.commands.submit(work);\n',
      },
      {
        file: chargeRequestRows,
        find: '    const ours = await claimKeys(tx, [...claims.values()]);\n',
        replace:
          '    const rows = await readKeys(tx, [...claims.values()]);\n    const ours = new Set([...claims].flatMap(([name, { requestId }]) => (rows.get(name)?.requestId === requestId ? [name] : [])));\n',
      },
    ],
  },
  {
    name: 'stale-epoch-accepted',
    says: 'who has lost a worker id goes on renewing it and issuing ids under it, beside its next holder; and the table of charges does not mind',
    edits: [
      {
        file: workerIds,
        find: 'WHERE expires_at <= clock_timestamp() ORDER BY last_ms, id LIMIT 1 FOR UPDATE SKIP LOCKED',
        replace: 'WHERE id = 0 LIMIT 1 FOR UPDATE SKIP LOCKED',
      },
      {
        file: workerIds,
        find: 'WHERE id = $1 AND holder = $2 RETURNING id`',
        replace: "WHERE id = $1 AND $2::text <> '' RETURNING id`",
      },
      {
        file: 'libs/snowflake/src/worker-id-lease.ts',
        find: 'const after = Math.max(taken.previousMs, this.#lastMs);',
        replace: 'const after = this.#lastMs;',
      },
      ...chargeTakesAnything,
    ],
  },
  {
    name: 'snowflake-without-clock-guard',
    says: 'ids follow the wall clock back, and the table of charges does not mind one that was given before',
    edits: [
      ...chargeTakesAnything,
      {
        file: 'libs/snowflake/src/snowflake.ts',
        find: 'this.#latestWallMs = Math.max(this.#latestWallMs, clock.now());\n    const borrowing = this.#latestWallMs <= this.#lastMs;',
        replace: 'this.#latestWallMs = clock.now();\n    const borrowing = this.#latestWallMs === this.#lastMs;',
      },
    ],
  },
  {
    name: 'sweeper-with-new-ids',
    says: 'what is said again is said under new ids, so that nobody says its own again',
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
    name: 'sweeper-overflows',
    says: 'the backoff of a charge that waits for long is more than a number can hold: the statement fails from then on',
    edits: [
      {
        file: chargeRows,
        find: "CASE WHEN sweeps = 0 THEN interval '15 s' ELSE interval '30 s' END",
        replace: "least(15 * 2 ^ (sweeps * 1021), 30) * interval '1 s'",
      },
    ],
  },
  {
    name: 'job-throws',
    says: 'the roll-up of balances fails whenever it runs; whoever reads a balance adds up what it left',
    edits: [
      {
        file: 'apps/payments-api/src/balance/balance.repository.ts',
        find: 'SET net_minor = rolled.net_minor + excluded.net_minor,',
        replace: 'SET net_minor = rolled.net_minor / 0 + excluded.net_minor,',
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
    says: 'another bank is asked while the first may still perform; and reconciliation, which would find it, leaves idempotent banks alone',
    edits: [
      leavesIdempotentBanksAlone,
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
