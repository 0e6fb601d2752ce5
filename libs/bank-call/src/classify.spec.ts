import { describe, expect, it } from '@jest/globals';
import { classify } from './classify.js';
import { bankTimeOf, type BankCallResult } from './bank-call-result.js';
import type { WireResult } from './bank-port.js';
import type { BankOrder } from './bank-order.js';
import {
  approved,
  authorize,
  brokenInside,
  capture,
  declined,
  errorBody,
  inquire,
  notFound,
  overloaded,
  rateLimited,
  response,
  reverse,
  unknownTarget,
  unreadable,
  validityExpired,
} from './testing/scripted-bank.js';

const time = { asOf: 1_000, now: 1_000 };

describe('a definite answer is an answer, declines included', () => {
  it.each<[string, BankOrder, WireResult]>([
    ['approved', authorize, approved],
    ['declined', authorize, declined],
    ['refused', capture, response(200, { state: 'refused', bankId: 'ca_1', code: 'authorization_voided', ...time })],
    ['captured', capture, response(200, { state: 'captured', bankId: 'ca_1', ...time })],
    ['reversed', reverse, response(200, { state: 'reversed', bankId: 're_1', reversals: [], ...time })],
    ['already_reversed', reverse, response(200, { state: 'already_reversed', bankId: 're_1', reversals: [], ...time })],
    ['remembered', reverse, response(200, { state: 'remembered', bankId: 're_1', ...time })],
    ['unknown', reverse, unknownTarget],
    ['not_found', inquire, notFound],
  ])('%s', (state, order, fact) => {
    expect(classify(order, fact)).toMatchObject({ kind: 'answered', answer: { state } });
  });
});

describe('not processed: the attempt certainly moved nothing', () => {
  it.each<[string, WireResult]>([
    ['connection_refused', { kind: 'not_written', cause: 'connection_refused' }],
    ['name_unresolved', { kind: 'not_written', cause: 'name_unresolved' }],
    ['connect_timeout', { kind: 'not_written', cause: 'connect_timeout' }],
    ['connect_failed', { kind: 'not_written', cause: 'connect_failed' }],
    ['too_late', { kind: 'not_written', cause: 'too_late' }],
    ['not_processed', overloaded],
    ['rate_limited', rateLimited],
    ['validity_expired', validityExpired],
    ['malformed', unreadable],
    ['malformed', response(404, errorBody('invalid_request'))],
    ['malformed', response(422, errorBody('invalid_request'))],
  ])('%s', (reason, fact) => {
    expect(classify(authorize, fact)).toMatchObject({ kind: 'not_processed', reason });
  });
});

describe('everything else is doubt', () => {
  it.each<[string, string, WireResult]>([
    ['silence', 'timeout', { kind: 'no_response', cause: 'timeout' }],
    ['a reset', 'reset', { kind: 'no_response', cause: 'reset' }],
    ['a body cut off', 'cut', { kind: 'broken_response', cause: 'cut' }],
    ['a body that is no JSON', 'malformed', { kind: 'broken_response', cause: 'malformed' }],
    ['an answer to something else', 'nonconforming', response(200, { state: 'captured', bankId: 'ca_1', ...time })],
    ["an answer without the bank's id", 'nonconforming', response(200, { state: 'approved', ...time })],
    ['an error body under 200', 'nonconforming', response(200, errorBody('not_processed'))],
    ['null', 'nonconforming', response(200, null)],
    ['500', 'status_500', brokenInside],
    ['500 that claims to be not processed', 'status_500', response(500, errorBody('not_processed'))],
    ['502 without a body of ours', 'status_502', response(502, {})],
    ['503 of a proxy', 'status_503', response(503, { message: 'no upstream' })],
    ['503 with another code', 'status_503', response(503, errorBody('internal_error'))],
    ['429 without a code', 'status_429', response(429, {})],
    ['409 for a reused reference', 'status_409', response(409, errorBody('reference_reused'))],
    ['400 of a proxy', 'status_400', response(400, { message: 'bad request' })],
    ['400 with another code', 'status_400', response(400, errorBody('internal_error'))],
    ['500 that claims to be malformed', 'status_500', response(500, errorBody('invalid_request'))],
    ['an approval under 201', 'status_201', response(201, { state: 'approved', bankId: 'au_1', ...time })],
    ['a redirect', 'status_302', response(302, {})],
  ])('%s', (_, reason, fact) => {
    expect(classify(authorize, fact)).toEqual({ kind: 'doubt', reason });
  });

  it('includes an inquiry answered with the performances of another reference', () => {
    const performance = {
      seq: 1,
      bankId: 'au_9',
      kind: 'authorization',
      account: 'acct_1',
      chargeId: 'ch_1',
      amountMinor: 1_000,
      currency: 'usd',
      at: 1_000,
    };
    const found = (reference: string): WireResult =>
      response(200, { state: 'found', performances: [{ ...performance, reference }], ...time });
    expect(classify(inquire, found(inquire.reference))).toMatchObject({ kind: 'answered' });
    expect(classify(inquire, found('op_other'))).toEqual({ kind: 'doubt', reason: 'nonconforming' });
  });
});

describe("the bank's clock", () => {
  it('is read from answers and from "not processed", and never from doubt', () => {
    const readings = (facts: WireResult[]): unknown[] =>
      facts.map((fact) => bankTimeOf(classify(authorize, fact) as BankCallResult));
    expect(readings([approved, validityExpired, overloaded])).toEqual([time, time, time]);
    expect(readings([brokenInside, { kind: 'not_written', cause: 'too_late' }])).toEqual([undefined, undefined]);
  });
});
