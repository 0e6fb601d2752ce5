import type { Sabotage } from '../sabotage.js';

const operation = 'apps/bank-gateway/src/authorizations/authorization/operation.ts';
const attempt = 'apps/bank-gateway/src/authorizations/authorization/attempt.ts';
const authorization = 'apps/bank-gateway/src/authorizations/authorization/authorization.ts';
const authorizationRows = 'apps/bank-gateway/src/authorizations/store/authorization.repository.ts';
const stray = 'apps/bank-gateway/src/authorizations/events/stray-events.controller.ts';
const task = 'apps/bank-gateway/src/authorizations/authorization/claimed-operation.ts';
const bankMovement = 'apps/bank-simulator/src/books/movement.ts';

export const authorizations: readonly Sabotage[] = [
  {
    name: 'rule-6-approval-while-reversing',
    says: 'an approval that arrives during a reversal is accepted',
    breaks: ['A2'],
    edits: [
      {
        file: attempt,
        find: "if (outcome.kind !== 'answered' || operation.phase === 'reversing') return undefined;",
        replace: "if (outcome.kind !== 'answered') return undefined;",
      },
    ],
  },
  {
    name: 'rule-8-named-by-reference',
    says: 'capture, void and refund name the performance by the gateway’s reference instead of the bank’s id; the simulated banks, which would reject that, apply it to the latest performance of the reference',
    breaks: ['A1', 'A3'],
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
    name: 'rule-10-cancel-overrides-capture',
    says: 'a cancellation replaces a capture that was performed or may have been',
    breaks: ['A2'],
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
    says: 'reconciliation reverses the performance of an operation that is still in doubt',
    breaks: ['A2', 'A7'],
    edits: [
      {
        file: stray,
        find: '    if (operation && isLive(operation)) return become(suspect(authorization, operation, stray));\n',
        replace: '',
      },
    ],
  },
  {
    name: 'rule-11-recorded-performance-reversed',
    says: 'reconciliation reverses a performance that an operation has recorded as its own',
    breaks: ['A2', 'A8'],
    edits: [
      {
        file: 'apps/bank-gateway/src/authorizations/authorization/stray.ts',
        find: 'if (isReversed || isRecorded(authorization, bank, stray.bankId)) return authorization;',
        replace: 'if (isReversed) return authorization;',
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
    says: 'an authorization is loaded without its row lock',
    breaks: ['A7'],
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
      { file: authorizationRows, find: '       AND stored.version = changed.version - 1\n', replace: '' },
      {
        file: authorizationRows,
        find: 'CASE WHEN count(*) <> $3::int4',
        replace: 'CASE WHEN count(*) <> $3::int4 AND count(*) < 0',
      },
    ],
  },
  {
    name: 'authorization-read-before-its-lock',
    says: 'an authorization is read before its row lock is held, so a waiter decides on the old state',
    breaks: ['A7'],
    edits: [
      {
        file: authorizationRows,
        find: 'const [, rows] = await Promise.all([tx.query(lockStatement, [ids]), tx.query<LoadedRow>(loadStatement, [ids])]);',
        replace:
          'const [rows] = await Promise.all([tx.query<LoadedRow>(loadStatement, [ids]), tx.query(lockStatement, [ids])]);',
      },
    ],
  },
];
