import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '#clock';
import type { RawAnswer } from '../testing/raw-connection.js';
import { LAST_PATH, wrongsOf } from './testing/hostile-answers.js';
import { hostileRequests, ordinaryRequest, SMUGGLED_PATH, textOf } from './testing/hostile-requests.js';

const ids = { ch: 'ch_1', re: 're_1', txn: 'txn_1', clock: 'clock_1' };
const route = { method: 'GET', path: '/v1/charges/:id' };
const request = ordinaryRequest(route, ids, 'sk_test_a');

function answer(status: number, body: unknown, headers = {}): RawAnswer {
  const standard = { 'request-id': 'req_0123456789abcdef', 'content-type': 'application/json' };
  return { status, headers: { ...standard, ...headers }, text: JSON.stringify(body), body };
}
const refusal = (message: string, status = 400): RawAnswer =>
  answer(status, { error: { type: 'invalid_request_error', message } });
const last = refusal(`Unrecognized request URL (GET: ${LAST_PATH}).`, 404);
const good = answer(200, { object: 'charge' });

describe('the judge of answers to hostile requests', () => {
  it.each([[[good, last]], [[good]], [[refusal('no'), last]], [[answer(100, {}), refusal('no')]]])(
    'finds nothing wrong with %#',
    (answers) => {
      expect(wrongsOf(request, answers, 'secret')).toEqual([]);
    },
  );

  it.each<[string, RawAnswer[]]>([
    ['no answer', []],
    ['no answer but to the last request', [last]],
    ['two answers to one request', [good, refusal('no'), last]],
    ['an error of ours', [answer(500, { error: { type: 'api_error', message: 'x' } })]],
    ['success that is none', [answer(204, {})]],
    ['another envelope', [answer(400, { statusCode: 400, error: 'Bad Request', message: 'x' })]],
    ['no JSON', [{ ...good, body: undefined }]],
    ['no request id', [answer(200, {}, { 'request-id': undefined })]],
    ['another type', [answer(200, {}, { 'content-type': 'text/plain' })]],
    ['a long echo', [refusal('x'.repeat(2_000))]],
    ['a long echo in a header', [answer(200, {}, { 'stripe-version': 'x'.repeat(2_000) })]],
    ['an unbounded answer', [answer(200, { data: 'x'.repeat(2_000_000) })]],
    ['a stack trace', [refusal('Error: no\n    at read (/srv/dist/read.js:1:2)')]],
    ['SQL', [refusal('invalid input syntax for type integer')]],
    ['an exception', [refusal("Cannot read properties of undefined (reading 'id')")]],
    ['a smuggled request', [good, refusal(`Unrecognized request URL (GET: ${SMUGGLED_PATH})`)]],
    ['what is of another account', [answer(200, { description: 'secret' })]],
  ])('finds %s', (_what, answers) => {
    expect(wrongsOf(request, answers, 'secret')).not.toEqual([]);
  });
});

describe('the generator of hostile requests', () => {
  const generated = (seed: number): string[] =>
    hostileRequests({ routes: [route], own: ids, others: ids, apiKey: 'sk_test_a', random: seededRandom(seed) }).map(
      (each) => `${each.kind} ${textOf(each)}`,
    );

  it('makes the same of the same seed, and other requests of another', () => {
    expect(generated(7)).toEqual(generated(7));
    expect(generated(8)).not.toEqual(generated(7));
  });
});
