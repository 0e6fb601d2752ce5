import { describe, expect, it } from '@jest/globals';
import { AdmissionControl, type ShedReason } from './admission-control.js';
import { RequestsInProgress } from './requests-in-progress.js';
import { UnsettledCharges, WITH_FAULT, type TrafficClass } from './unsettled-charges.js';

function admission() {
  const unsettled = new UnsettledCharges();
  const shed: ShedReason[] = [];
  const limits = {
    uncommittedMax: 3,
    unsettledMax: 6,
    unsettledPerNetworkMax: 4,
    unsettledPerAccountMax: 3,
    unsettledWithFaultMax: 3,
    unsettledWithFaultPerAccountMax: 2,
  };
  const gate = new AdmissionControl(
    limits,
    unsettled,
    new RequestsInProgress({ min: 4, initial: 4, max: 4, queueMs: 500, burst: 0 }, () => 0),
    () => 0,
    (reason) => shed.push(reason),
  );
  let id = 0;
  const open = (account: string, traffic: TrafficClass): string => {
    const ticket = gate.admit(account, traffic);
    ticket.opened(`ch_${++id}`, traffic);
    ticket.end();
    return `ch_${id}`;
  };
  return { gate, unsettled, shed, open };
}

describe('admission', () => {
  it('sheds with 429 and tells the SDK to come back', () => {
    const { gate } = admission();
    for (let n = 0; n < 3; n++) gate.admit('acct_1', 'visa');
    expect(() => gate.admit('acct_1', 'visa')).toThrow(
      expect.objectContaining({
        httpStatus: 429,
        body: expect.objectContaining({ code: 'rate_limit' }),
        headers: { 'retry-after': '1', 'stripe-should-retry': 'true' },
      }),
    );
  });

  it('sheds charges beyond what their network can work on, and counts none with a fault token among them', () => {
    const { gate, shed } = admission();
    for (let n = 0; n < 9; n++) gate.enter('acct_1', WITH_FAULT);
    for (let n = 0; n < 4; n++) gate.enter('acct_1', 'visa').settled();
    expect(() => gate.enter('acct_1', 'visa')).toThrow('this card network arrive');
    expect(() => gate.enter('acct_1', 'amex')).not.toThrow();
    expect(() => gate.admitUnread('acct_1')).not.toThrow();
    for (let n = 0; n < 3; n++) gate.enter('acct_1', 'amex').settled();
    expect(() => gate.admitUnread('acct_1')).toThrow('More requests arrive');
    expect(() => gate.enter('acct_1', null)).toThrow('More requests arrive');
    expect(() => gate.enter('acct_2', null)).not.toThrow();
    expect(shed).toEqual(['overload_network', 'overload', 'overload']);
  });

  it('counts a create until it is committed or given up, and once', () => {
    const { gate } = admission();
    const ticket = gate.admit('acct_1', 'visa');
    ticket.end();
    ticket.end();
    expect(gate.uncommittedCount).toBe(0);
  });

  it('counts a charge until it settles, however often that is said', () => {
    const { unsettled, open } = admission();
    const id = open('acct_1', 'visa');
    const counted = () => [
      unsettled.size,
      unsettled.ordinary.ofNetwork('visa'),
      unsettled.ordinary.ofAccount('acct_1'),
    ];
    expect(counted()).toEqual([1, 1, 1]);
    unsettled.settled(id);
    unsettled.settled(id);
    expect(counted()).toEqual([0, 0, 0]);
  });

  it('does not shed the charges of one network for the bank of another', () => {
    const { gate, shed, open } = admission();
    for (let n = 0; n < 4; n++) open(`acct_${n}`, 'amex');
    expect(() => gate.admit('acct_9', 'amex')).toThrow('card network');
    expect(() => gate.admit('acct_9', 'visa').end()).not.toThrow();
    expect(shed).toEqual(['unsettled_network']);
  });

  it('does not shed the charges of one account for another', () => {
    const { gate, open } = admission();
    for (const network of ['visa', 'amex', 'jcb']) open('acct_1', network);
    expect(() => gate.admit('acct_1', 'discover')).toThrow('this account');
    expect(() => gate.admit('acct_2', 'discover').end()).not.toThrow();
  });

  it('has a limit over all', () => {
    const { gate, open } = admission();
    for (const network of ['visa', 'amex', 'jcb']) for (const account of ['acct_1', 'acct_2']) open(account, network);
    expect(() => gate.admit('acct_3', 'discover')).toThrow('Too many charges are waiting');
  });

  it('sheds charges with fault tokens for each other, by account and in all, and no charge without one for them', () => {
    const { gate, unsettled, shed, open } = admission();
    const first = open('acct_1', WITH_FAULT);
    open('acct_1', WITH_FAULT);
    expect(() => gate.admit('acct_1', WITH_FAULT)).toThrow('this account with fault tokens');
    open('acct_2', WITH_FAULT);
    expect(() => gate.admit('acct_3', WITH_FAULT)).toThrow('Too many charges with fault tokens');
    for (let n = 0; n < 3; n++) open('acct_1', 'visa');
    expect(shed).toEqual(['unsettled_with_fault_account', 'unsettled_with_fault']);
    unsettled.settled(first);
    expect(() => gate.admit('acct_3', WITH_FAULT).end()).not.toThrow();
  });
});
