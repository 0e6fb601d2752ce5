import { describe, expect, it } from '@jest/globals';
import type { ChargeEvidence, Evidence, ReceivedRequest, RefundEvidence } from '../evidence.js';
import type { FaultStretch } from '../faults.js';
import type { ApiAnswer, ApiExchange } from '../history.js';
import { invariants } from '../invariants.js';
import { noEvidence } from '../testing/no-evidence.js';
import { aCharge } from '../testing/rows.js';
import { unexplainedRefusals } from './availability.js';

/** When the request of interest is sent; answers take half a second. */
const SENT_MS = 1_000_000;
const ANSWERED_MS = SENT_MS + 500;

const answered = (status: number, body: object): ApiAnswer => ({ status, body: JSON.stringify(body), replayed: false });
const succeeded = answered(200, { object: 'charge', id: 'ch_1', status: 'succeeded', captured: true });
const pending = answered(200, { object: 'charge', id: 'ch_1', status: 'pending', captured: false });
const failedAs = (decline_code: string, charge: string | null = 'ch_1'): ApiAnswer =>
  answered(402, {
    error: { type: 'card_error', code: 'card_declined', decline_code, ...(charge !== null && { charge }) },
  });

/** A charge of 20 usd from an amex, which cedar alone serves. */
const create = (answer: ApiAnswer | undefined, parts: Partial<ApiExchange> = {}): ApiExchange => ({
  account: 'acct_1',
  key: 'k1',
  method: 'POST',
  path: '/v1/charges',
  parameters: { amount: '2000', currency: 'usd', source: 'tok_amex' },
  sentMs: SENT_MS,
  endedMs: ANSWERED_MS,
  answer,
  ...parts,
});
const paidWith = (source: string): Partial<ApiExchange> => ({
  parameters: { amount: '2000', currency: 'usd', source },
});
const aboutCharge = (path: string, answer: ApiAnswer, parts: Partial<ApiExchange> = {}): ApiExchange =>
  create(answer, { key: 'k2', path, parameters: {}, ...parts });

const row = (state: ChargeEvidence['state'], id = 'ch_1'): ChargeEvidence =>
  aCharge(id, { state, amountMinor: 2_000, capturedMinor: state === 'succeeded' ? 2_000 : null });

/** As it reached the bank; by default cedar, from the first gateway, while the charge waits for its answer. */
const request = (parts: Partial<ReceivedRequest> & { readonly n?: number } = {}): ReceivedRequest => {
  const { n = 1, ...rest } = parts;
  const chargeId = rest.chargeId ?? 'ch_1';
  const operation = rest.operation ?? 'authorize';
  const at = rest.at ?? SENT_MS + 100;
  return {
    type: 'request',
    bank: 'cedar',
    operation,
    account: 'acct_1',
    chargeId,
    reference: `${chargeId}.${operation}`,
    attemptId: `${chargeId}.${operation}.${n}`,
    instanceId: 'bank-gateway-0',
    at,
    validUntil: at + 3_000,
    ...rest,
  };
};
const struck = (name: string, parts: Parameters<typeof request>[0] = {}): ReceivedRequest =>
  request({ fault: { name, by: 'fault_1' }, ...parts });
/** What opens a breaker: failures of other charges, the last of them right before. */
const outage = (parts: Partial<ReceivedRequest> = {}, beforeMs = 1_000): ReceivedRequest[] =>
  [3, 2, 1].map((n) =>
    struck('error', { chargeId: `ch_other_${n}`, at: SENT_MS - beforeMs - n, account: 'acct_2', ...parts }),
  );

const stretch = (
  kind: FaultStretch['kind'],
  at: FaultStretch['at'],
  fromMs = SENT_MS - 1_000,
  untilMs = SENT_MS + 100,
): FaultStretch => ({ kind, at, fromMs, untilMs });

const isExplained = (evidence: Partial<Evidence>): boolean =>
  unexplainedRefusals({ ...noEvidence, ...evidence }).length === 0;
/** Its client was told 402 with that decline code, and its row says so. */
const failed = (decline: string, evidence: Partial<Evidence>, parts: Partial<ApiExchange> = {}): boolean =>
  isExplained({ exchanges: [create(failedAs(decline), parts)], charges: [row('failed')], ...evidence });

it('is a promise of the checker', () => {
  const { violations } = invariants.find(({ id }) => id === 'A16')!;
  expect(
    violations({ ...noEvidence, exchanges: [create(failedAs('generic_decline'))], charges: [row('failed')] }),
  ).toEqual(['ch_1: failed (generic_decline), which no fault explains']);
  expect(violations({ ...noEvidence, exchanges: [create(succeeded)], charges: [row('succeeded')] })).toEqual([]);
});

describe('a good card that was declined', () => {
  it.each([
    ['was, by its bank that was told to', [struck('refuse')], true],
    ['was, by its bank after the time-out', [struck('decline_after_timeout')], true],
    ['lost its capture, by its bank that was told to', [request(), struck('refuse', { operation: 'capture' })], true],
    ['was, though no fault struck it', [request()], false],
    ['was, though its bank was never asked', [], false],
    ['was, though only its inquiry was struck', [struck('refuse', { operation: 'inquire' })], false],
    ['was, though its bank refused another charge', [struck('refuse', { chargeId: 'ch_other' })], false],
    [
      'was, though its bank refused something of it only afterwards',
      [struck('refuse', { at: ANSWERED_MS + 1 })],
      false,
    ],
    ['was, though its bank failed in another way', [struck('duplicate')], false],
  ])('%s', (_, requests, explained) => {
    expect(failed('generic_decline', { requests })).toBe(explained);
  });

  it('had a fault token of the ledger, and needs no other reason', () => {
    expect(failed('processing_error', {}, paidWith('tok_fault_ledger_refuse'))).toBe(true);
  });

  it('was declined before any charge was opened, which nothing explains', () => {
    expect(isExplained({ exchanges: [create(failedAs('test_mode_live_card', null))] })).toBe(false);
  });
});

describe('a charge of a good card that could not be processed', () => {
  const processed = (evidence: Partial<Evidence>, parts: Partial<ApiExchange> = {}): boolean =>
    failed('processing_error', evidence, parts);

  it('had its bank’s breaker open, after that bank’s failures', () => {
    expect(processed({ requests: outage() })).toBe(true);
  });

  it.each([
    ['its bank had failed others, but too few', outage().slice(1)],
    ['another bank had failed others', outage({ bank: 'dogwood' })],
    ['its bank failed others afterwards', outage({}, -2_000)],
    ['fault tokens of another account had failed there', outage({ token: 'tok_fault_authorize_error_on_amex' })],
    [
      'its bank had failed others, and had done its work since',
      [...outage({}, 60_000), request({ chargeId: 'ch_other', at: SENT_MS - 500 })],
    ],
    ['its bank had only declined others', outage({ fault: { name: 'refuse', by: 'fault_1' } })],
    ['its bank had failed inquiries only', outage({ operation: 'inquire' })],
  ])('had no open breaker: %s', (_, requests) => {
    expect(processed({ requests })).toBe(false);
  });

  it('had a breaker open still: nobody has called that bank since', () => {
    expect(processed({ requests: outage({}, 60_000) })).toBe(true);
  });

  it('had a breaker open at one instance, whatever the other heard from that bank', () => {
    const other = request({ chargeId: 'ch_other', instanceId: 'bank-gateway-1', at: SENT_MS - 500 });
    expect(processed({ requests: [...outage(), other] })).toBe(true);
  });

  it('had failed before its client heard of it, when it asked again', () => {
    const closed = request({ chargeId: 'ch_other', at: SENT_MS + 5_000 });
    const again = create(failedAs('processing_error'), { sentMs: SENT_MS + 9_000, endedMs: SENT_MS + 9_100 });
    const first = create(undefined, { hungUp: true });
    const evidence = { requests: [...outage(), closed], charges: [row('failed')] };
    expect(isExplained({ ...evidence, exchanges: [first, again] })).toBe(true);
    expect(isExplained({ ...evidence, exchanges: [again] })).toBe(false);
  });

  it('had its breaker closed by the restart of its instance', () => {
    const faults = [
      stretch('killed', { service: 'bank-gateway', instance: 'bank-gateway-0' }, SENT_MS - 20_000, SENT_MS - 19_000),
    ];
    expect(processed({ requests: outage({}, 30_000), faults })).toBe(false);
  });

  it.each([
    ['own', 'acct_1', true],
    ['another', 'acct_2', false],
  ])('with a fault token had a breaker of its account open, by tokens of its %s account', (_, account, explained) => {
    const requests = outage({ account, token: 'tok_fault_authorize_error_on_amex' });
    expect(processed({ requests }, paidWith('tok_fault_refund_error_on_amex'))).toBe(explained);
  });

  it.each([
    ['its bank was not there', stretch('outage', { bank: 'cedar' }), true],
    ['no bank could be reached', stretch('bank_unreachable', {}), true],
    ['another bank was not there', stretch('outage', { bank: 'dogwood' }), false],
    [
      'its bank was not there, but only afterwards',
      stretch('outage', { bank: 'cedar' }, ANSWERED_MS + 1, ANSWERED_MS + 2),
      false,
    ],
    ['the API was away', stretch('killed', { service: 'payments-api', instance: 'payments-api-0' }), false],
    ['the gateway was away', stretch('killed', { service: 'bank-gateway', instance: 'bank-gateway-0' }), false],
    ['the gateway’s database was away', stretch('database_away', { service: 'bank-gateway' }), false],
    ['Kafka was away', stretch('kafka_away', {}), false],
  ])('while %s', (_, fault, explained) => {
    expect(processed({ faults: [fault] })).toBe(explained);
  });

  it('had a gateway that stood still amid calls to its bank, which it took for failures', () => {
    const amid = [1, 2, 3].map((n) => request({ chargeId: `ch_other_${n}`, at: SENT_MS - 5_000 }));
    const frozen = (instance: string): FaultStretch[] => [
      stretch('frozen', { service: 'bank-gateway', instance }, SENT_MS - 5_000, SENT_MS - 100),
    ];
    expect(processed({ requests: amid, faults: frozen('bank-gateway-0') })).toBe(true);
    expect(processed({ requests: amid, faults: frozen('bank-gateway-1') })).toBe(false);
    expect(processed({ requests: amid.slice(1), faults: frozen('bank-gateway-0') })).toBe(true);
    expect(processed({ requests: amid.slice(2), faults: frozen('bank-gateway-0') })).toBe(false);
  });

  it('had a bank that did not tell its time to a gateway that had just started', () => {
    const time = {
      operation: 'statement',
      attemptId: 'time.cedar.1',
      reference: undefined,
    } as Partial<ReceivedRequest>;
    const asked = struck('hang', { ...time, at: SENT_MS - 1_000 });
    const told = request({ ...time, attemptId: 'time.cedar.2', at: SENT_MS - 500 });
    expect(processed({ requests: [asked] })).toBe(true);
    expect(processed({ requests: [asked, told] })).toBe(false);
  });

  it('was refused by its bank so often that it gave up', () => {
    const refused = Array.from({ length: 6 }, (_, n) => struck('not_processed', { n }));
    expect(processed({ requests: refused })).toBe(true);
    expect(processed({ requests: refused.slice(0, 2) })).toBe(false);
  });

  it.each([
    ['its bank’s breaker opened', [struck('hang'), ...outage()], true],
    ['nothing else happened', [struck('hang')], false],
    ['another bank’s breaker opened', [struck('hang'), ...outage({ bank: 'dogwood' })], false],
  ])('was in doubt, and %s', (_, requests, explained) => {
    expect(processed({ requests })).toBe(explained);
  });

  it('was in doubt for a minute, and reversed', () => {
    const pendingFirst = [create(pending, { endedMs: SENT_MS + 10_000 })];
    const charges = [row('failed')];
    expect(isExplained({ exchanges: pendingFirst, charges, requests: [struck('hang')] })).toBe(true);
    expect(isExplained({ exchanges: pendingFirst, charges, requests: [request()] })).toBe(false);
  });

  it('was in doubt for a minute without having been sent: its gateway did not learn that it had begun it', () => {
    const pendingFirst = [create(pending, { endedMs: SENT_MS + 10_000 })];
    const failed = { exchanges: pendingFirst, charges: [row('failed')] };
    const faults = [stretch('commit_lost', { service: 'bank-gateway' })];
    const silent = [struck('hang', { operation: 'inquire' })];
    expect(isExplained({ ...failed, requests: silent, faults })).toBe(true);
    expect(isExplained({ ...failed, requests: silent })).toBe(false);
    expect(isExplained({ ...failed, requests: [request({ operation: 'inquire' })], faults })).toBe(false);
    const elsewhere = [stretch('commit_lost', { service: 'ledger' })];
    expect(isExplained({ ...failed, requests: silent, faults: elsewhere })).toBe(false);
  });

  it('could not be read by its bank', () => {
    expect(processed({ requests: [struck('reject')] })).toBe(true);
    expect(processed({ requests: [request(), struck('reject', { operation: 'capture' })] })).toBe(true);
    expect(processed({ requests: [request(), struck('reject', { operation: 'void' })] })).toBe(false);
  });

  describe('of a network with two banks', () => {
    const visa = paidWith('tok_visa');

    it('found both with open breakers', () => {
      expect(processed({ requests: [...outage({ bank: 'alder' }), ...outage({ bank: 'birch' })] }, visa)).toBe(true);
    });

    it('found one with an open breaker, and should have gone to the other', () => {
      expect(processed({ requests: outage({ bank: 'alder' }) }, visa)).toBe(false);
      expect(processed({ requests: outage({ bank: 'birch' }) }, visa)).toBe(false);
    });

    it('was left in doubt by the first, so that the second could not be asked', () => {
      expect(processed({ requests: [...outage({ bank: 'alder' }), struck('hang', { bank: 'alder' })] }, visa)).toBe(
        true,
      );
    });
  });
});

it('no fault explains an error that the API did not expect', () => {
  const away = stretch('database_away', { service: 'payments-api' });
  const failed = (message: string): boolean =>
    isExplained({ exchanges: [create(answered(500, { error: { type: 'api_error', message } }))], faults: [away] });
  expect(failed('The request cannot be served at the moment. Try again in a little while.')).toBe(true);
  expect(failed('Something went wrong on our side. It has been logged.')).toBe(false);
});

it('a client that left on purpose was refused nothing', () => {
  expect(isExplained({ exchanges: [create(undefined, { hungUp: true })] })).toBe(true);
});

describe('a request that was not answered, or with a failure of the API', () => {
  const unanswered: [string, ApiAnswer | undefined][] = [
    ['nothing', undefined],
    ['a 500', answered(500, { error: { type: 'api_error' } })],
    ['a 503', answered(503, { error: { type: 'api_error' } })],
  ];
  describe.each(unanswered)('%s', (_, answer) => {
    it.each([
      [
        'an instance of the API was killed',
        stretch('killed', { service: 'payments-api', instance: 'payments-api-1' }),
        true,
      ],
      [
        'an instance of the API stood still',
        stretch('frozen', { service: 'payments-api', instance: 'payments-api-0' }),
        true,
      ],
      ['the API’s database was away', stretch('database_away', { service: 'payments-api' }), true],
      ['a commit of the API was lost', stretch('commit_lost', { service: 'payments-api' }, SENT_MS, SENT_MS), true],
      ['the API was killed long before', stretch('killed', { service: 'payments-api' }, 0, SENT_MS - 60_000), false],
      [
        'the API was killed afterwards',
        stretch('killed', { service: 'payments-api' }, ANSWERED_MS + 1, Infinity),
        false,
      ],
      ['the gateway was killed', stretch('killed', { service: 'bank-gateway', instance: 'bank-gateway-0' }), false],
      ['the ledger’s database was away', stretch('database_away', { service: 'ledger' }), false],
      ['Kafka was away', stretch('kafka_away', {}), false],
      ['its bank was not there', stretch('outage', { bank: 'cedar' }), false],
    ])('while %s', (_, fault, explained) => {
      expect(isExplained({ exchanges: [create(answer)], faults: [fault] })).toBe(explained);
      const read = create(answer, { method: 'GET', path: '/v1/charges/ch_1', parameters: {}, key: undefined });
      expect(isExplained({ exchanges: [read], faults: [fault] })).toBe(explained);
    });
  });
});

describe('a request to an API that is told to end', () => {
  const ending = (fromMs: number): Partial<Evidence> => ({
    faults: [stretch('terminated', { service: 'payments-api', instance: 'payments-api-1' }, fromMs, SENT_MS + 9_000)],
  });
  const refused = (status: number) => answered(status, { error: { type: 'api_error' } });

  it('may be turned away, or not let in', () => {
    expect(isExplained({ ...ending(SENT_MS - 1), exchanges: [create(refused(503))] })).toBe(true);
    expect(isExplained({ ...ending(SENT_MS - 1), exchanges: [create(undefined)] })).toBe(true);
  });

  it('may find the door closed when it was sent right before', () => {
    expect(isExplained({ ...ending(SENT_MS + 400), exchanges: [create(undefined)] })).toBe(true);
  });

  it('is answered when it was in hand before', () => {
    expect(
      isExplained({ ...ending(SENT_MS + 1_000), exchanges: [create(undefined, { endedMs: SENT_MS + 4_000 })] }),
    ).toBe(false);
    expect(
      isExplained({ ...ending(SENT_MS + 1_000), exchanges: [create(refused(503), { endedMs: SENT_MS + 4_000 })] }),
    ).toBe(false);
  });

  it('never makes it fail', () => {
    expect(isExplained({ ...ending(SENT_MS - 1), exchanges: [create(refused(500))] })).toBe(false);
  });
});

describe('a request whose end was not known after ten seconds', () => {
  const waited = (evidence: Partial<Evidence>, parts: Partial<ApiExchange> = {}): boolean =>
    isExplained({
      exchanges: [create(pending, { endedMs: SENT_MS + 10_000, ...parts })],
      charges: [row('succeeded')],
      ...evidence,
    });

  it.each([
    ['Kafka was away', stretch('kafka_away', {}), true],
    ['a send to Kafka was lost', stretch('event_lost', {}, SENT_MS, SENT_MS), true],
    ['the gateway was killed', stretch('killed', { service: 'bank-gateway', instance: 'bank-gateway-0' }), true],
    ['the ledger’s database was away', stretch('database_away', { service: 'ledger' }), true],
    [
      'the ledger had been killed shortly before',
      stretch('killed', { service: 'ledger' }, SENT_MS - 9_000, SENT_MS - 8_000),
      true,
    ],
    [
      'the ledger had been killed long before',
      stretch('killed', { service: 'ledger' }, SENT_MS - 90_000, SENT_MS - 80_000),
      false,
    ],
    ['its own event was poisoned', { ...stretch('poison', { service: 'ledger' }), charge: 'ch_1' }, true],
    ['another charge was poisoned', { ...stretch('poison', { service: 'ledger' }), charge: 'ch_2' }, false],
    ['its bank was not there', stretch('outage', { bank: 'cedar' }), true],
    ['another bank was not there', stretch('outage', { bank: 'alder' }), false],
  ])('while %s', (_, fault, explained) => {
    expect(waited({ faults: [fault] })).toBe(explained);
  });

  it.each([
    ['its bank kept silent', [struck('hang')], true],
    ['its bank kept silent on its capture', [request(), struck('hang', { operation: 'capture' })], true],
    ['its bank failed others', outage(), true],
    ['its bank was in order', [request()], false],
    ['another bank failed others', outage({ bank: 'alder' }), false],
    ['tokens of another account failed at its bank', outage({ token: 'tok_fault_capture_hang_on_amex' }), false],
  ])('since %s', (_, requests, explained) => {
    expect(waited({ requests })).toBe(explained);
  });

  it('is judged at its first answer, not when that is replayed', () => {
    expect(waited({}, { answer: { ...pending, replayed: true } })).toBe(true);
  });

  it('may be a capture or a refund', () => {
    const made = create(answered(200, { object: 'charge', id: 'ch_1', status: 'succeeded', captured: false }));
    const capture = aboutCharge('/v1/charges/ch_1/capture', pending);
    const refund = aboutCharge('/v1/refunds', answered(200, { object: 'refund', id: 're_1', status: 'pending' }), {
      parameters: { charge: 'ch_1' },
    });
    for (const exchange of [capture, refund]) {
      expect(isExplained({ exchanges: [made, exchange] })).toBe(false);
      expect(isExplained({ exchanges: [made, exchange], requests: [struck('hang', { operation: 'capture' })] })).toBe(
        true,
      );
    }
  });
});

describe('a refund that failed', () => {
  const refund: RefundEvidence = {
    id: 're_1',
    chargeId: 'ch_1',
    account: 'acct_1',
    state: 'failed',
    amountMinor: 500,
  } as RefundEvidence;
  const asked = aboutCharge('/v1/refunds', answered(200, { object: 'refund', id: 're_1', status: 'failed' }), {
    parameters: { charge: 'ch_1', amount: '500' },
    sentMs: SENT_MS + 2_000,
    endedMs: SENT_MS + 2_500,
  });
  const refused = (evidence: Partial<Evidence>): boolean =>
    isExplained({
      exchanges: [create(succeeded), asked],
      charges: [row('succeeded')],
      refunds: [refund],
      ...evidence,
    });
  const atBank = (name: string, id: string): ReceivedRequest =>
    struck(name, { operation: 'refund', reference: `ch_1.refund.${id}`, attemptId: `ch_1.refund.${id}.1` });

  it.each([
    ['by its bank that was told to', atBank('refuse', 're_1'), true],
    ['by its bank that could not read it', atBank('reject', 're_1'), true],
    ['though its bank only kept silent', atBank('hang', 're_1'), false],
    ['though its bank was told to refuse another one', atBank('refuse', 're_2'), false],
  ])('was refused %s', (_, received, explained) => {
    expect(refused({ requests: [received] })).toBe(explained);
  });

  it('was refused for no reason at all', () => expect(refused({})).toBe(false));

  it.each([
    ['at the same time', SENT_MS + 2_100, true],
    ['before', SENT_MS + 1_000, false],
    ['afterwards', SENT_MS + 3_000, false],
  ])('was to cancel a charge that was captured %s', (_, sentMs, explained) => {
    const capture = aboutCharge('/v1/charges/ch_1/capture', succeeded, { sentMs, endedMs: sentMs + 300 });
    expect(refused({ exchanges: [create(pending, { answer: { ...pending, replayed: true } }), capture, asked] })).toBe(
      explained,
    );
  });

  it('was asked for before the capture, though its client heard of it only afterwards', () => {
    const capture = aboutCharge('/v1/charges/ch_1/capture', succeeded, {
      key: 'k3',
      sentMs: SENT_MS + 600,
      endedMs: SENT_MS + 900,
    });
    const made = create({ ...pending, replayed: true });
    const first = { ...asked, answer: undefined, hungUp: true as const, sentMs: SENT_MS + 550, endedMs: SENT_MS + 560 };
    expect(refused({ exchanges: [made, first, capture, asked] })).toBe(true);
    expect(refused({ exchanges: [made, capture, asked] })).toBe(false);
  });

  it('was more than the balance of its account may have allowed', () => {
    const others = { ...refund, id: 're_2', state: 'succeeded', amountMinor: 1_000_000 } as const;
    expect(refused({ refunds: [refund, others] })).toBe(true);
    expect(refused({ refunds: [refund, { ...others, account: 'acct_2' }] })).toBe(false);
  });
});

describe('a request that is told to come back later', () => {
  const tooMany = (message: string): ApiAnswer => answered(429, { error: { code: 'rate_limit', message } });
  const turn = tooMany('Too many requests of this account arrive at once, while others ask as well.');
  const crowd = (count: number, account: string): ApiExchange[] =>
    Array.from({ length: count }, (_, n) => create(succeeded, { key: `other ${n}`, account }));

  it('is one of many of its own account', () => {
    expect(isExplained({ exchanges: [create(turn), ...crowd(3, 'acct_1')] })).toBe(true);
    expect(isExplained({ exchanges: [create(turn), ...crowd(1, 'acct_1')] })).toBe(false);
  });

  it('must not be refused for the noise of another account', () => {
    expect(isExplained({ exchanges: [create(turn), ...crowd(300, 'acct_2')] })).toBe(false);
  });

  it('is one of very many of all accounts', () => {
    const shed = create(tooMany('Too many requests arrive at once.'));
    expect(isExplained({ exchanges: [shed, ...crowd(600, 'acct_2')] })).toBe(true);
    expect(isExplained({ exchanges: [shed, ...crowd(100, 'acct_2')] })).toBe(false);
  });

  it('is one of more than can be worked on, of an account with its fair share of them', () => {
    for (const message of [
      'More requests arrive than can be worked on.',
      'More charges of this card network arrive than can be worked on.',
    ]) {
      const shed = create(tooMany(message));
      expect(isExplained({ exchanges: [shed, ...crowd(20, 'acct_1')] })).toBe(true);
      expect(isExplained({ exchanges: [shed, ...crowd(10, 'acct_1')] })).toBe(false);
      expect(isExplained({ exchanges: [shed, ...crowd(10, 'acct_2'), ...crowd(10, 'acct_1')] })).toBe(true);
    }
  });

  it('meets a limit of unsettled charges only where there are so many', () => {
    const ofNetwork = create(tooMany('Too many charges of this card network are waiting for its bank.'));
    const ofAccount = create(tooMany('Too many charges of this account are waiting to be settled.'));
    expect(isExplained({ exchanges: [ofNetwork, ...crowd(600, 'acct_2')] })).toBe(true);
    expect(isExplained({ exchanges: [ofNetwork, ...crowd(100, 'acct_2')] })).toBe(false);
    expect(isExplained({ exchanges: [ofAccount, ...crowd(600, 'acct_1')] })).toBe(true);
    expect(isExplained({ exchanges: [ofAccount, ...crowd(600, 'acct_2')] })).toBe(false);
    const admits = { uncommitted: 20, unsettled: 50 };
    expect(isExplained({ exchanges: [ofNetwork, ...crowd(100, 'acct_2')], admits })).toBe(true);
  });

  it('meets another request that works on its charge', () => {
    const locked = answered(429, { error: { code: 'lock_timeout' } });
    const capture = aboutCharge('/v1/charges/ch_1/capture', locked);
    const other = aboutCharge('/v1/refunds', succeeded, { key: 'k3', parameters: { charge: 'ch_1' } });
    expect(isExplained({ exchanges: [capture, other] })).toBe(true);
    expect(isExplained({ exchanges: [capture, { ...other, parameters: { charge: 'ch_2' } }] })).toBe(false);
  });

  it('comes under a key that is in use', () => {
    const inUse = create(answered(409, { error: { code: 'idempotency_key_in_use' } }));
    const first = (parts: Partial<ApiExchange>): ApiExchange =>
      create(succeeded, { sentMs: SENT_MS - 1_000, ...parts });
    expect(isExplained({ exchanges: [first({}), inUse] })).toBe(true);
    expect(isExplained({ exchanges: [first({ endedMs: SENT_MS - 500 }), inUse] })).toBe(false);
    expect(isExplained({ exchanges: [first({ key: 'another' }), inUse] })).toBe(false);
    expect(isExplained({ exchanges: [first({ account: 'acct_2' }), inUse] })).toBe(false);
  });
});

describe('a charge that is well-formed', () => {
  const invalid = answered(400, { error: { type: 'invalid_request_error', message: 'no' } });

  it('is not answered 400', () => expect(isExplained({ exchanges: [create(invalid)] })).toBe(false));

  it.each([
    ['too small', { amount: '49' }],
    ['of no amount', { amount: '2e3' }],
    ['of an unknown currency', { currency: 'xxx' }],
    ['with a parameter that may not be known', { surprise: '1' }],
    ['of a card that is no good', { source: 'tok_chargeDeclined' }],
  ])('is something else than one %s', (_, wrong) => {
    const parameters = { amount: '2000', currency: 'usd', source: 'tok_amex', ...wrong };
    expect(isExplained({ exchanges: [create(invalid, { parameters })] })).toBe(true);
  });

  it('may come under a key that was used for something else', () => {
    const misused = create(answered(400, { error: { type: 'idempotency_error' } }));
    const first = create(succeeded, { sentMs: SENT_MS - 1_000, parameters: { amount: '3000' } });
    expect(isExplained({ exchanges: [first, misused] })).toBe(true);
    expect(isExplained({ exchanges: [{ ...first, parameters: misused.parameters }, misused] })).toBe(false);
  });
});
