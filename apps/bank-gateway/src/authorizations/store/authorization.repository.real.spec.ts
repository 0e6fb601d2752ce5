import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { ledger } from '#contracts';
import { usd } from '#money';
import { assertIndexProbes, migrate, statement } from '#postgres';
import { eventually, testDatabase, type TestDatabase } from '#testing';
import {
  authorized,
  authorizing,
  captured,
  capturing,
  everyState,
  paidWith,
  refunding,
  terms,
} from '../../../test/authorization-under-test.js';
import { gatewayInstance, provisionedGateway } from '../../../test/gateway-instance.js';
import {
  alder,
  cedar,
  declined,
  notProcessed,
  opened,
  operation,
  timedOut,
} from '../../../test/operation-under-test.js';
import { StubBanks } from '../../../test/stub-banks.js';
import { Authorizations0001 } from '../../migrations/0001-authorizations.migration.js';
import { WaysBack0002 } from '../../migrations/0002-ways-back.migration.js';
import { IsolatedOperations0004 } from '../../migrations/0004-isolated-operations.migration.js';
import {
  isolatedDueStatement,
  isolatedLanesDue,
  takeDue,
  takeDueIsolated,
  takeDueIsolatedStatement,
  takeDueStatement,
} from './operation.repository.js';
import { openRefund, startReversal, type Operation } from '../authorization/operation.js';
import { takeOver } from '../authorization/attempt.js';
import { moment } from '../../../test/operation-under-test.js';
import type { Authorization } from '../authorization/authorization-state.js';
import { undoStray } from '../authorization/stray.js';
import { changeStatement, loadStatement, lockStatement, openStatement } from './authorization.repository.js';

type Stored = Exclude<Authorization, { state: 'none' }>;

const doubtful = operation('capture', cedar, notProcessed, timedOut);
const lifes: Operation[] = [
  opened('authorize', 'cedar'),
  operation('authorize', cedar, null),
  operation('authorize', cedar, timedOut),
  startReversal(operation('authorize', cedar, timedOut)),
  takeOver(operation('authorize', cedar, null), moment()),
  { ...operation('authorize', cedar, timedOut), inquiries: 3, reversals: 2, needsAttention: true },
];
const stray = { bankId: 'rf_9', movement: 'refund', amount: { amountMinor: 5, currency: 'jpy' } } as const;
const failed = { terms, operations: [], state: 'failed', bank: null, reason: 'no_bank_available' } as const;
const states: Stored[] = [
  ...everyState.filter((state) => state.state !== 'none'),
  ...lifes.map((life): Stored => ({
    state: 'authorizing',
    terms: paidWith('amex'),
    operations: [life],
    cancellation: null,
  })),
  { terms, operations: [operation('authorize', alder, declined)], state: 'declined', bank: 'alder', code: 'lost_card' },
  { ...authorizing, cancellation: 'expired' },
  { ...capturing, operations: [operation('capture', cedar, timedOut)], cancellation: 'canceled' },
  { ...captured, cancellation: 'canceled' },
  { ...capturing, operations: [{ ...operation('capture', alder, null), amountMinor: 400 }] },
  refunding('re_1', 're_2'),
  {
    ...captured,
    operations: [{ ...operation('refund', cedar, timedOut), suspects: [stray, { ...stray, bankId: 'rf_8' }] }],
  },
  undoStray(captured, 'alder', stray),
  undoStray({ ...failed, bank: 'alder', reason: 'not_processed' }, 'alder', stray),
  failed,
  { ...failed, operations: [operation('authorize', alder, declined)], bank: 'alder', reason: 'not_processed' },
  { ...failed, terms: { ...terms, fault: 'tok_fault_capture_hang', capture: 'manual' } },
];

const waitingForLocks = statement(
  'test.waiting_for_locks',
  `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
);

describe('the authorizations’ repository', () => {
  let test: TestDatabase;
  let instance: ReturnType<typeof gatewayInstance>;
  let count = 0;

  beforeAll(async () => {
    test = await provisionedGateway();
    instance = gatewayInstance('one', test.database, new StubBanks(new SystemClock()));
  });
  afterAll(async () => {
    await instance.stop();
    await test.drop();
  });

  /** The state with a new charge id, so that every test has its own rows. */
  function renamed(state: Stored): Stored {
    const chargeId = `ch_r${++count}`;
    const operations = state.operations.map((one) => ({
      ...one,
      reference: one.reference.replace('ch_1', chargeId),
    }));
    return { ...state, terms: { ...state.terms, chargeId }, operations };
  }
  const save = (...given: Stored[]) =>
    test.database.transaction(async (tx) => {
      const loaded = await instance.repository.load(tx, []);
      await instance.repository.save(
        tx,
        given.map((state) => ({ state })),
        loaded,
      );
    });
  /** Changes a stored authorization, as a step does. */
  const change = (state: Stored) =>
    test.database.transaction(async (tx) => {
      const loaded = await instance.repository.load(tx, [state.terms]);
      await instance.repository.save(tx, [{ state }], loaded);
    });
  const load = (...ids: string[]) =>
    test.database.transaction(async (tx) => {
      const keys = ids.sort().map((chargeId) => ({ chargeId }));
      const found = await instance.repository.load(tx, keys);
      return keys.map((key) => found.get(key));
    });
  /** The state as saved: next version, and due time as an instant. */
  const asStored = (state: Stored): Stored => ({
    ...state,
    operations: state.operations.map((one) => ({ ...one, version: one.version + 1, dueInMs: 0 })),
  });

  it.each(states.map((state) => ({ name: describeState(state), state })))(
    'loads a saved authorization: $name',
    async ({ state }) => {
      const given = renamed(state);
      await save(given);
      expect(await load(given.terms.chargeId)).toEqual([asStored(given)]);
    },
  );

  it('allows concurrent refunds, and a reversal beside any operation', async () => {
    const given = renamed(undoStray({ ...refunding('re_1', 're_2') }, 'alder', stray));
    await save(given);
    await expect(save(renamed(undoStray(capturing, 'alder', stray)))).resolves.toBeUndefined();
    const due = await takeDue(test.database, new Map([['alder', 100]]), 'one');
    const ours = due.filter(({ reference }) => reference.startsWith(`${given.terms.chargeId}.`));
    expect(ours.map(({ kind }) => kind).sort()).toEqual(['refund', 'refund', 'reversal']);
  });

  it('loads operations that were inserted while it waited for the row lock', async () => {
    const before = renamed(captured);
    await save(before);
    const chargeId = before.terms.chargeId;
    let waiting: Promise<readonly Authorization[]> | undefined;
    await test.database.transaction(async (tx) => {
      const loaded = await instance.repository.load(tx, [{ chargeId }]);
      const found = loaded.get({ chargeId }) as Stored;
      waiting = load(chargeId);
      await eventually('the other waits for the lock', async () => {
        const [row] = await test.database.query<{ count: number }>(waitingForLocks);
        return row!.count > 0;
      });
      const refund = openRefund(`${chargeId}.refund.re_9`, 'alder', 100);
      const state = { ...found, operations: [...found.operations, refund] };
      await instance.repository.save(tx, [{ state }], loaded);
    });
    const [seen] = await waiting!;
    expect((seen as Stored).operations.map(({ kind }) => kind)).toContain('refund');
  });

  it('returns an initial state for an unknown charge, with the banks’ availability', async () => {
    const key = { chargeId: 'ch_unseen' };
    const loaded = await test.database.transaction((tx) => instance.repository.load(tx, [key]));
    expect(loaded.get(key)).toEqual({ state: 'none' });
    expect(loaded.contextOf().map((bank) => bank.isAvailableTo(terms))).toEqual([false, false, false, false]);
  });

  it.each(everyState.filter((state) => state.state !== 'none').map((state) => ({ name: state.state, state })))(
    'changes an authorization into one that is $name, with its operations',
    async ({ state }) => {
      const before = renamed(authorizing);
      await save(before);
      const { chargeId } = before.terms;
      const named = renamed(state);
      const after: Stored = {
        ...named,
        terms: before.terms,
        operations: named.operations.map((one) => ({
          ...one,
          reference: one.reference.replace(named.terms.chargeId, chargeId),
          version: before.operations.some(({ kind }) => kind === one.kind) ? 1 : 0,
        })),
      };
      await change(after);
      expect(await load(chargeId)).toEqual([asStored(after)]);
    },
  );

  it('saves the end of an operation and the next one in its slot together', async () => {
    const before = renamed(authorized);
    const [approved] = before.operations;
    const { chargeId } = before.terms;
    await save({ ...before, operations: [{ ...approved!, phase: 'open', end: null }] });
    const capture = { ...opened('capture', 'alder'), reference: `${chargeId}.capture` };
    await change({ ...before, state: 'capturing', operations: [{ ...approved!, version: 1 }, capture] } as Stored);
    expect(await load(chargeId)).toMatchObject([{ state: 'capturing', operations: [{ phase: 'ended' }, {}] }]);
  });

  it('writes only changed operations, and rejects one that another worker has saved since', async () => {
    const given = renamed({ ...states[0]!, operations: [doubtful] });
    await save(given);
    const [stored] = (await load(given.terms.chargeId)) as [Stored];
    await test.database.transaction(async (tx) => {
      const loaded = await instance.repository.load(tx, [given.terms]);
      await instance.repository.save(tx, [{ state: loaded.get(given.terms) }], loaded);
    });
    expect(await load(given.terms.chargeId)).toMatchObject([{ operations: [{ version: 1 }] }]);
    await change(stored);
    await expect(change(stored)).rejects.toThrow('another transaction has saved the rest');
    expect(await load(given.terms.chargeId)).toMatchObject([{ operations: [{ version: 2 }] }]);
  });

  it('opens an authorization once', async () => {
    const given = renamed({ ...states[0]!, operations: [] });
    await save(given);
    await expect(save({ ...given, terms: { ...given.terms, account: 'acct_other' } })).rejects.toThrow('duplicate key');
  });

  describe('and the database refuse what must not be:', () => {
    const run = (sql: string, chargeId: string) => {
      const text = sql.replaceAll('ID', chargeId);
      return test.database.query(statement(`test.refused.${++count}`, text));
    };
    const insert = `INSERT INTO bank_operation
      (reference, charge_id, bank, kind, phase, attempts, inquiries, reversals, needs_attention, version, due_at)
      VALUES ('ID.other', 'ID', 'alder',`;
    it.each([
      [
        'a void beside a live capture',
        `${insert} 'void', 'open', '[]', 0, 0, false, 1, now())`,
        'bank_operation_one_live',
      ],
      [
        'an end without a word',
        `UPDATE bank_operation SET phase = 'ended', due_at = NULL WHERE charge_id = 'ID'`,
        'check',
      ],
      ['a word without an end', `UPDATE bank_operation SET end_kind = 'succeeded' WHERE charge_id = 'ID'`, 'check'],
      [
        'a live operation that is never due',
        `UPDATE bank_operation SET due_at = NULL WHERE charge_id = 'ID' AND phase <> 'ended'`,
        'check',
      ],
      [
        'a capture that is reversed',
        `UPDATE bank_operation SET phase = 'reversing' WHERE charge_id = 'ID' AND kind = 'capture'`,
        'check',
      ],
      [
        'a capture id without a capture',
        `UPDATE bank_authorization SET bank_capture_id = 'x' WHERE charge_id = 'ID'`,
        'check',
      ],
      [
        'a capturing without its authorization',
        `UPDATE bank_authorization SET bank_authorization_id = NULL WHERE charge_id = 'ID'`,
        'check',
      ],
      ['a void without a cause', `UPDATE bank_authorization SET state = 'voiding' WHERE charge_id = 'ID'`, 'check'],
      [
        'an operation of an unknown charge',
        `UPDATE bank_operation SET charge_id = 'ch_no', reference = 'ch_no.' || reference WHERE charge_id = 'ID'`,
        'foreign key',
      ],
      [
        'a reference of another charge',
        `UPDATE bank_operation SET reference = 'ch_no.capture' WHERE charge_id = 'ID' AND kind = 'capture'`,
        'check',
      ],
      [
        'a cancellation of what was never captured nor authorized',
        `UPDATE bank_authorization SET state = 'authorized', cancellation = 'canceled' WHERE charge_id = 'ID'`,
        'check',
      ],
      ['a refund that is reversed', `${insert} 'refund', 'reversing', '[]', 0, 0, false, 1, now())`, 'check'],
      ['a reversal of nothing', `${insert} 'reversal', 'reversing', '[]', 0, 0, false, 1, now())`, 'check'],
      [
        'a reversal that could be given up',
        `UPDATE bank_operation SET kind = 'reversal', stray = '{}' WHERE charge_id = 'ID' AND kind = 'capture'`,
        'check',
      ],
      [
        'suspects of what has ended',
        `UPDATE bank_operation SET suspects = '[]' WHERE charge_id = 'ID' AND kind = 'authorize'`,
        'check',
      ],
      ['an amount of nothing', `UPDATE bank_operation SET part_minor = 0 WHERE charge_id = 'ID'`, 'check'],
      ['nothing for an amount', `UPDATE bank_authorization SET amount_minor = 0 WHERE charge_id = 'ID'`, 'check'],
    ])('%s', async (_what, sql, complaint) => {
      const capturing = renamed(everyState.find(({ state }) => state === 'capturing') as Stored);
      await save(capturing);
      await expect(run(sql, capturing.terms.chargeId)).rejects.toThrow(complaint);
    });
  });

  it('takes a due operation once, up to a limit per bank, the longest due first', async () => {
    const charges = [1, 2, 3].map(() =>
      renamed({ state: 'authorizing', terms, operations: [opened('authorize', 'birch')], cancellation: null }),
    );
    for (const charge of charges) await save(charge);
    const names = charges.map(({ operations }) => operations[0]!.reference);
    const first = await takeDue(test.database, new Map([['birch', 2]]), 'one');
    const second = await takeDue(test.database, new Map([['birch', 2]]), 'two');
    expect(first.map(({ reference }) => reference)).toEqual(names.slice(0, 2));
    expect(second.map(({ reference, version }) => [reference, version])).toEqual([[names[2], 2]]);
    expect(await takeDue(test.database, new Map([['birch', 2]]), 'two')).toEqual([]);
  });
});

it('migrations keep the rows, and check the new constraints from then on', async () => {
  const test = await testDatabase('bank_gateway');
  const clock = new SystemClock();
  const bring = (...migrations: Parameters<typeof migrate>[0]['migrations'][number][]) =>
    migrate({ url: test.url, database: test.name, migrations, clock });
  try {
    await bring(Authorizations0001);
    await test.database.query(
      statement(
        'test.before',
        `WITH a AS (
           INSERT INTO bank_authorization (charge_id, account, amount_minor, currency, capture, card, state, bank,
             bank_authorization_id, bank_capture_id)
           VALUES ('ch_1', 'acct_1', 1000, 'usd', 'automatic', '{}', 'captured', 'alder', 'au_1', 'cp_1')
         )
         INSERT INTO bank_operation (reference, charge_id, bank, kind, phase, attempts, inquiries, reversals,
           needs_attention, version, end_kind, end_detail)
         VALUES ('ch_1.capture', 'ch_1', 'alder', 'capture', 'ended', '[]', 0, 0, false, 1, 'succeeded', 'cp_1')`,
      ),
    );
    await test.database.query(
      statement(
        'test.before_isolation',
        `WITH a AS (
           INSERT INTO bank_authorization (charge_id, account, amount_minor, currency, capture, card, fault, state)
           VALUES ('ch_2', 'acct_1', 1000, 'usd', 'automatic', '{}', NULL, 'authorizing'),
             ('ch_3', 'acct_2', 1000, 'usd', 'automatic', '{}', 'tok_fault_authorize_hang', 'authorizing')
         )
         INSERT INTO bank_operation (reference, charge_id, bank, kind, phase, attempts, inquiries, reversals,
           needs_attention, version, due_at)
         SELECT id || '.authorize.alder', id, 'alder', 'authorize', 'open', '[]', 0, 0, false, 1, now()
         FROM unnest(ARRAY['ch_2', 'ch_3']) AS charge(id)`,
      ),
    );
    await bring(Authorizations0001, WaysBack0002, IsolatedOperations0004);
    const isolated = [{ bank: 'alder', account: 'acct_2', slots: 9 }] as const;
    expect(await isolatedLanesDue(test.database, ['alder', 'birch'])).toEqual([{ bank: 'alder', account: 'acct_2' }]);
    expect(await takeDue(test.database, new Map([['alder', 9]]), 'one')).toMatchObject([{ charge_id: 'ch_2' }]);
    expect(await takeDueIsolated(test.database, isolated, 'one')).toMatchObject([{ charge_id: 'ch_3' }]);
    const instance = gatewayInstance('one', test.database, new StubBanks(clock));
    const reserved = { chargeId: 'ch_1', account: 'acct_1', refundId: 're_1', amount: usd(1_000) };
    await instance.react(ledger.refundReserved, [reserved]);
    const found = await test.database.transaction((tx) => instance.repository.load(tx, [{ chargeId: 'ch_1' }]));
    expect(found.get({ chargeId: 'ch_1' })).toMatchObject({
      state: 'captured',
      cancellation: null,
      operations: [
        { kind: 'capture', amountMinor: 1_000 },
        { kind: 'refund', amountMinor: 1_000 },
      ],
    });
    await instance.stop();
  } finally {
    await test.drop();
  }
});

it('every statement of the gateway probes its tables by index, at any size', async () => {
  const test = await provisionedGateway();
  const grow = statement(
    'test.grow',
    `WITH a AS (
       INSERT INTO bank_authorization (charge_id, account, amount_minor, currency, capture, card, state)
       SELECT 'ch_' || n, 'acct_1', 1000, 'usd', 'automatic', '{}', 'authorizing' FROM generate_series(1, 5000) AS n
     )
     INSERT INTO bank_operation (reference, charge_id, bank, isolated_to, kind, phase, attempts, inquiries, reversals,
       needs_attention, version, end_kind, due_at)
     SELECT 'ch_' || n || '.authorize', 'ch_' || n, 'alder', CASE WHEN n % 4 = 0 THEN 'acct_' || n % 100 END, 'authorize', CASE WHEN n % 10 = 0 THEN 'open' ELSE 'ended' END,
       '[]', 0, 0, false, 1, CASE WHEN n % 10 = 0 THEN NULL ELSE 'succeeded' END, CASE WHEN n % 10 = 0 THEN now() END
     FROM generate_series(1, 5000) AS n`,
  );
  try {
    await expect(
      assertIndexProbes({
        session: { url: test.administratorUrl, database: test.name },
        statements: [
          lockStatement,
          loadStatement,
          openStatement,
          changeStatement,
          takeDueStatement,
          takeDueIsolatedStatement,
          isolatedDueStatement,
        ],
        tables: ['bank_authorization', 'bank_operation'],
        grow: async () => void (await test.database.query(grow)),
      }),
    ).resolves.toBeUndefined();
  } finally {
    await test.drop();
  }
});

function describeState({ state, operations }: Stored): string {
  const last = operations.at(-1);
  return last ? `${state}, ${last.kind} ${last.phase} after ${last.attempts.length} attempts` : state;
}
