import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { bank, eventContracts, ledger, topics, topicsFrom, topicsTo } from './index.js';
import { sagas, sagaTable } from './saga-table.js';

const contracts = eventContracts;
const chargeId = 'ch_000000001';
const account = 'acct_1';

describe('an event', () => {
  it('has a type that names its producer and version, on the topic of its producer for its reader', () => {
    for (const contract of notEmpty(contracts)) {
      expect(contract.type).toMatch(/^(payments|bank|ledger)\.[a-z_]+\.v\d+$/);
      expect(contract.type.startsWith(`${contract.producer}.`)).toBe(true);
      expect(contract.topic).toBe(`${contract.producer}.events.${contract.reader}`);
      expect(contract.meaning).toMatch(/\.$/);
    }
    expect(new Set(contracts.map(({ type }) => type)).size).toBe(contracts.length);
  });

  it('has a natural key as its id, and its charge as its key', () => {
    const said = ledger.holdRefused({ chargeId, account, reason: 'account_frozen' });
    expect(ledger.holdRefused({ chargeId, account, reason: 'account_frozen' }).id).toBe(said.id);
    expect(said).toMatchObject({ id: 'ch_000000001.hold_refused', key: chargeId, topic: 'ledger.events.bank-gateway' });
  });

  it('rejects fields that its schema does not name', () => {
    const data = { chargeId, account, reason: 'account_frozen' };
    expect(ledger.holdRefused.schema.safeParse(data).success).toBe(true);
    expect(ledger.holdRefused.schema.safeParse({ ...data, cardNumber: '4242424242424242' }).success).toBe(false);
    expect(ledger.holdRefused.schema.safeParse({ ...data, reason: 'mood' }).success).toBe(false);
  });

  it('never carries an amount that is not a positive integer of minor units', () => {
    const posted = (amountMinor: number) =>
      bank.captureSucceeded.schema.safeParse({
        chargeId,
        account,
        bank: 'alder',
        bankCaptureId: 'c',
        amount: { amountMinor, currency: 'usd' },
      }).success;
    expect([posted(1), posted(0), posted(-1), posted(1.5)]).toEqual([true, false, false, false]);
  });
});

describe('topics', () => {
  it('are one for each pair of a producer and a reader of its events', () => {
    expect(new Set(topics)).toEqual(new Set(contracts.map(({ topic }) => topic)));
    expect(topicsFrom('payments').sort()).toEqual(['payments.events.bank-gateway', 'payments.events.ledger']);
    expect(topicsTo('payments-api').sort()).toEqual(['bank.events.payments-api', 'ledger.events.payments-api']);
  });
});

describe('the saga table', () => {
  const reactedTo = new Set(sagaTable.map(({ on }) => on));
  const emitted = new Set(sagaTable.flatMap(({ emits }) => emits));

  it('knows every event, and a row emits each of them', () => {
    expect(contracts.filter((contract) => !emitted.has(contract)).map(({ type }) => type)).toEqual([]);
  });

  it('has a reaction to every event, in its reader alone', () => {
    expect(contracts.filter((contract) => !reactedTo.has(contract)).map(({ type }) => type)).toEqual([]);
  });

  it('has a compensation for every step that sets money aside', () => {
    const compensated = new Set(sagaTable.flatMap(({ compensates }) => compensates ?? []));
    expect(compensated).toEqual(
      new Set([
        bank.authorizationApproved,
        bank.captureSucceeded,
        ledger.holdPlaced,
        ledger.captureSuspended,
        ledger.refundReserved,
        ledger.differenceFound,
      ]),
    );
  });

  it('has a request for every answer of a bank', () => {
    const answers = [...reactedTo].filter((on) => typeof on === 'string' && on.startsWith('bank answers'));
    expect(new Set(sagaTable.flatMap(({ asksFor }) => asksFor ?? []))).toEqual(new Set(answers));
  });

  it('draws every row in one of its sagas, and every saga has rows', () => {
    expect(new Set(sagaTable.map(({ saga }) => saga))).toEqual(new Set(sagas));
  });

  it('lets only the owner of a topic write to it', () => {
    const owners = { 'payments-api': 'payments', 'bank-gateway': 'bank', ledger: 'ledger' } as const;
    const written = notEmpty(
      sagaTable.flatMap(({ service, emits }) => emits.map(({ producer }) => [service, producer])),
    );
    expect(written).toEqual(written.map(([service]) => [service, owners[service as keyof typeof owners]]));
  });
});
