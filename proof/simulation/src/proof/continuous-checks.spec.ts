import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BankEntry, ToldAnswer } from '#checker';
import { Server, Template } from '#memory-postgres';
import { ContinuousChecks, type BrokenPromise } from './continuous-checks.js';

let breaches: BrokenPromise[];
let always: ContinuousChecks;
beforeEach(() => {
  breaches = [];
  always = new ContinuousChecks((breach) => breaches.push(breach));
});

const broken = (): string[] => breaches.map(({ id }) => id);

describe('answers', () => {
  const answered = (status: number, body: string, key = 'create-1'): ToldAnswer => {
    return { account: 'acct_1', key, asked: 'charge', kind: status === 200 ? 'ok' : 'fail', status, body };
  };

  it('must be equal under one key, except for 409', () => {
    for (const told of [answered(409, 'wait'), answered(200, 'a'), answered(409, 'wait'), answered(200, 'a')])
      always.told(told);
    always.told(answered(200, 'b', 'create-2'));
    expect(broken()).toEqual([]);
  });

  it('that differ break A4 at the second one', () => {
    always.told(answered(200, 'a'));
    always.told(answered(200, 'a '));
    expect(broken()).toEqual(['A4']);
  });
});

describe('entries of banks', () => {
  const entry = (bank: string, kind: BankEntry['kind'], bankId: string, more: Partial<BankEntry> = {}): BankEntry => {
    return {
      type: 'entry',
      bank,
      kind,
      bankId,
      reference: bankId,
      chargeId: 'ch_1',
      amountMinor: 100,
      ...more,
    } as BankEntry;
  };

  it('may have a second capture after the first was reversed or refunded', () => {
    always.performed(entry('alder', 'capture', '1'));
    always.performed(entry('alder', 'reversal', '2', { reverses: '1' }));
    always.performed(entry('alder', 'capture', '3'));
    always.performed(entry('alder', 'refund', '4', { of: '3' }));
    always.performed(entry('alder', 'capture', '5'));
    expect(broken()).toEqual([]);
  });

  it('break A1 by a second standing capture at an idempotent bank', () => {
    always.performed(entry('alder', 'capture', '1'));
    always.performed(entry('alder', 'capture', '2'));
    expect(broken()).toEqual(['A1']);
  });

  it('break A1 by a second refund under one reference at an idempotent bank', () => {
    always.performed(entry('alder', 'refund', '1', { reference: 're_1' }));
    always.performed(entry('alder', 'refund', '2', { reference: 're_1' }));
    expect(broken()).toEqual(['A1']);
  });

  it('are checked only at quiescence at a bank that is not idempotent', () => {
    always.performed(entry('dogwood', 'capture', '1'));
    always.performed(entry('dogwood', 'capture', '2'));
    expect(broken()).toEqual([]);
  });
});

describe('transfers', () => {
  const post = (effect: string, debit: string, credit: string, amountMinor: number): void => {
    const books = serverOf(
      `CREATE TABLE transfer (charge_id text, effect text, kind text, debit_account text, credit_account text,
         amount_minor int8)`,
      (rows) => always.committedInLedger(rows),
    );
    run(books, `INSERT INTO transfer VALUES ('ch_1', '${effect}', 'single', '${debit}', '${credit}', ${amountMinor})`);
  };

  it('may refund the whole captured amount', () => {
    post('capture', 'bank_receivable:alder:usd', 'merchant:acct_1:usd', 100);
    post('refund:re_1', 'merchant:acct_1:usd', 'bank_receivable:alder:usd', 60);
    post('refund:re_2', 'merchant:acct_1:usd', 'bank_receivable:alder:usd', 40);
    expect(broken()).toEqual([]);
  });

  it('break A5 at the first refund beyond it', () => {
    post('capture', 'bank_receivable:alder:usd', 'merchant:acct_1:usd', 100);
    post('refund:re_1', 'merchant:acct_1:usd', 'bank_receivable:alder:usd', 60);
    post('refund:re_2', 'merchant:acct_1:usd', 'bank_receivable:alder:usd', 41);
    expect(broken()).toEqual(['A5']);
  });

  it('break A6 with an amount of zero, or from an account to itself', () => {
    post('capture', 'merchant:acct_1:usd', 'merchant:acct_1:usd', 100);
    post('match', 'bank_receivable:alder:usd', 'merchant:acct_1:usd', 0);
    expect(broken()).toEqual(['A6', 'A6']);
  });

  it('break A6 between accounts of different currencies', () => {
    post('capture', 'bank_receivable:alder:usd', 'merchant:acct_1:eur', 100);
    expect([...new Set(broken())]).toEqual(['A6']);
  });
});

describe('ids', () => {
  const payments = (): Server =>
    serverOf(
      `CREATE TABLE charge (id text PRIMARY KEY, state text);
       CREATE TABLE refund (id text PRIMARY KEY, state text, refund jsonb)`,
      (rows) => always.committedInPayments(rows),
    );

  it('may occur again in versions of the same row', () => {
    const server = payments();
    run(server, `INSERT INTO charge VALUES ('ch_1', 'requested')`);
    run(server, `UPDATE charge SET state = 'succeeded'`);
    run(server, `INSERT INTO refund VALUES ('re_2', 'pending', '{"opening": {"key": "k"}}')`);
    run(server, `INSERT INTO refund VALUES ('re_1', 'succeeded', '{"opening": {"key": null}}')`);
    expect(broken()).toEqual([]);
  });

  it('break A10 if another row has the same id', () => {
    const server = payments();
    run(server, `INSERT INTO charge VALUES ('ch_1', 'requested')`);
    run(server, `INSERT INTO refund VALUES ('re_1', 'pending', '{"opening": {"key": "k"}}')`);
    expect(broken()).toEqual(['A10']);
  });
});

describe('events', () => {
  const publish = (value: string, headers: Record<string, string> = {}, topic = 'ledger.events'): void => {
    const named = { ce_id: 'ch_1.hold_placed', ce_type: 'ledger.hold_placed.v1', ce_source: 'ledger', ...headers };
    always.published([{ topic, record: { key: Buffer.from('ch_1'), value: Buffer.from(value), headers: named } }]);
  };

  it('may be published again with another time', () => {
    publish('{"amountMinor":100}', { ce_time: '2026-01-02T03:04:05.678Z' });
    publish('{"amountMinor":100}', { ce_time: '2026-01-02T03:04:06.000Z' });
    publish('{', {}, 'ledger.dlq');
    expect(broken()).toEqual([]);
  });

  it('break A10 if two different events have one id', () => {
    publish('{"amountMinor":100}');
    publish('{"amountMinor":101}');
    expect(breaches).toMatchObject([{ id: 'A10', line: expect.stringContaining('ch_1.hold_placed') }]);
  });
});

function serverOf(sql: string, onCommit: ConstructorParameters<typeof Server>[1]['onCommit']): Server {
  const template = new Template();
  template.execute(sql);
  const never = { cancel: () => undefined };
  return new Server(template.storage(), { now: () => 0, soon: (work) => work(), after: () => never, onCommit });
}

function run(server: Server, sql: string): void {
  server.connect().submit(sql, [], (reply) => {
    if ('error' in reply) throw reply.error;
  });
}
