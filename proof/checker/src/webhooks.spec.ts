import { describe, expect, it } from '@jest/globals';
import type { ChargeEvidence, WebhookEvidence, WebhookReceipt } from './evidence.js';
import { noEvidence } from './testing/no-evidence.js';
import { webhooksMissed } from './webhooks.js';

const charge = { id: 'ch_1', account: 'acct_a', state: 'succeeded', capture: 'automatic' } as ChargeEvidence;
const event = { id: 'evt_1', account: 'acct_a', type: 'charge.succeeded', objectId: 'ch_1' };
const receipt: WebhookReceipt = { endpointId: 'we_a', eventId: 'evt_1', isVerified: true, isTaken: true };
const endpoints = [
  { id: 'we_a', account: 'acct_a' },
  { id: 'we_b', account: 'acct_b' },
];
const sound: WebhookEvidence = { events: [event], endpoints, receipts: [receipt] };
const judged = (changes: Partial<WebhookEvidence>): string[] =>
  webhooksMissed({ ...noEvidence, charges: [charge], webhooks: { ...sound, ...changes } });

describe('A12', () => {
  it('holds when each event reached the endpoint of its account, however often', () => {
    expect(judged({})).toEqual([]);
    expect(judged({ receipts: [{ ...receipt, isTaken: false }, receipt, receipt] })).toEqual([]);
  });

  it('is not judged without receivers', () => {
    expect(webhooksMissed({ ...noEvidence, charges: [charge] })).toEqual([]);
  });

  it.each([
    [
      'a change without its event',
      { events: [] },
      ['ch_1: has 0 events charge.succeeded', 'we_a of acct_a: got evt_1 of nobody'],
    ],
    [
      'a change with two',
      { events: [event, { ...event, id: 'evt_2' }] },
      ['ch_1: has 2 events charge.succeeded', 'we_a: charge.succeeded evt_2 never reached it'],
    ],
    [
      'an event that no endpoint took',
      { receipts: [{ ...receipt, isTaken: false }] },
      ['we_a: charge.succeeded evt_1 never reached it'],
    ],
    [
      'a wrong signature',
      { receipts: [receipt, { ...receipt, isVerified: false }] },
      ['we_a: got evt_1 with a signature that is none'],
    ],
    [
      'an event of another account',
      { receipts: [receipt, { ...receipt, endpointId: 'we_b' }] },
      ['we_b of acct_b: got evt_1 of acct_a'],
    ],
  ])('is broken by %s', (_what, changes, lines) => {
    expect(judged(changes)).toEqual(lines);
  });
});
