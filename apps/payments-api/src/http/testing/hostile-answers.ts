import type { RawAnswer } from '../../testing/raw-connection.js';
import { SMUGGLED_PATH, type HostileRequest } from './hostile-requests.js';

/** The last request on a connection, by which one sees that every answer before it was complete. */
export const LAST_PATH = '/v1/last';

/** Longer ones would repeat what was sent. */
const ERROR_LENGTH_MAX = 1_500;
const HEADERS_LENGTH_MAX = 1_500;
const ANSWER_LENGTH_MAX = 1_000_000;

const STACK_TRACE = /\bat \S+ \(|\n\s+at |node_modules|\.[jt]s:\d+|node:internal/;
const SQL =
  /\b(SELECT|INSERT INTO|UPDATE \w+ SET|syntax error at|relation "|column "|violates|invalid input syntax|invalid byte sequence|Postgres)\b/i;
/** What the code says, never what it was asked for. */
const INSIDE = /\b(TypeError|RangeError|ReferenceError|AssertionError|Cannot read|is not a function|undefined)\b/;

/**
 * What is wrong with the answers to a hostile request, in words; nothing when they are as they should be.
 *
 * @param secret of another account, which no answer may contain
 */
export function wrongsOf(request: HostileRequest, received: readonly RawAnswer[], secret: string): string[] {
  const answers = received.filter(({ status }) => status >= 200);
  const last = answers.at(-1);
  const isWhole = last !== undefined && last.text.includes(`(GET: ${LAST_PATH})`);
  const own = isWhole ? answers.slice(0, -1) : answers;
  const expected = isWhole ? String(request.requests) : `1 to ${request.requests}`;
  const isCounted = isWhole ? own.length === request.requests : own.length >= 1 && own.length <= request.requests;
  return [
    ...(isCounted ? [] : [`has ${own.length} answers, expected ${expected}`]),
    ...answers.flatMap((answer) => wrongsOfAnswer(answer, request.method === 'HEAD')),
    ...(answers.some(({ text }) => text.includes(`: ${SMUGGLED_PATH})`)) ? ['answers a smuggled request'] : []),
    ...(answers.some(({ text }) => text.includes(secret)) ? ['shows what belongs to another account'] : []),
  ];
}

/** A refusal of what an intent does not allow shows the intent. */
function intentLength(body: unknown): number {
  const intent = (body as { error?: { payment_intent?: object } } | undefined)?.error?.payment_intent;
  return intent ? JSON.stringify(intent).length : 0;
}

function wrongsOfAnswer({ status, headers, text, body }: RawAnswer, hasNoBody: boolean): string[] {
  const isError = status >= 400;
  const length = text.length - (isError ? intentLength(body) : 0);
  const headersLength = Object.entries(headers).flat().join('').length;
  return [
    ...(status < 500 && (isError || status === 200) ? [] : [`is ${status}`]),
    ...(/^req_\w{16}$/.test(headers['request-id'] ?? '') ? [] : ['has no request-id']),
    ...(/^application\/json\b/.test(headers['content-type'] ?? '') ? [] : ['says not that it is JSON']),
    ...(hasNoBody || (isError ? isEnvelope(body) : isObject(body)) ? [] : ["is not Stripe's JSON"]),
    ...(length <= (isError ? ERROR_LENGTH_MAX : ANSWER_LENGTH_MAX) ? [] : [`is ${length} characters long`]),
    ...(headersLength <= HEADERS_LENGTH_MAX ? [] : [`has headers of ${headersLength} characters`]),
    ...[STACK_TRACE, SQL, INSIDE].flatMap((pattern) => {
      const found = isError ? pattern.exec(text)?.[0] : undefined;
      return found === undefined ? [] : [`tells of the inside: ${found}`];
    }),
  ];
}

function isObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function isEnvelope(body: unknown): boolean {
  if (!isObject(body) || Object.keys(body).join() !== 'error' || !isObject(body['error'])) return false;
  const { type, message } = body['error'];
  return typeof type === 'string' && typeof message === 'string' && type.endsWith('_error') && message !== '';
}
