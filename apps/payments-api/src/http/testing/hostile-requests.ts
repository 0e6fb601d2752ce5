import assert from 'node:assert/strict';

/** A route of the application: `POST /v1/charges/:id/capture`. */
export interface HostileRoute {
  readonly method: string;
  readonly path: string;
}

/** A request as bytes on the wire. In every text a character stands for a byte. */
export interface HostileRequest {
  readonly route: HostileRoute;
  /** What is hostile about it. */
  readonly kind: string;
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  /** Lines with their ends; the length of the body is added where none says it. */
  readonly headers: readonly string[];
  readonly body: string;
  /** A reader by the RFC finds so many requests in it; those are answered, or the first that is refused is the last. */
  readonly requests: number;
  /** `hangs up`: the client leaves in the middle. `waits`: it sends no more than a part. */
  readonly client: 'reads' | 'hangs up' | 'waits';
}

/** Ids by the prefix of their kind: `ch`, `re`, `pi`. */
export type KnownIds = Readonly<Record<string, string>>;

interface World {
  readonly routes: readonly HostileRoute[];
  /** Of the account that attacks. */
  readonly own: KnownIds;
  /** Of another account. */
  readonly others: KnownIds;
  /** The attacker's key. */
  readonly apiKey: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Stands in bodies where a request could be smuggled: no answer may ever be to this path. */
export const SMUGGLED_PATH = '/v1/smuggled';

const HEADERS = (apiKey: string): string[] => ['Host: localhost\r\n', `Authorization: Bearer ${apiKey}\r\n`];
const FORM = 'Content-Type: application/x-www-form-urlencoded\r\n';

/** Bodies that the routes would take; a route without one is tried with an empty one. */
const ordinaryBodies: Readonly<Record<string, (ids: KnownIds) => string>> = {
  'POST /v1/charges': () => 'amount=1000&currency=usd&source=tok_visa',
  'POST /v1/charges/:id': () => 'description=changed',
  'POST /v1/charges/:id/capture': () => 'amount=500',
  'POST /v1/refunds': ({ ch }) => `charge=${ch}&amount=100`,
  'POST /v1/refunds/:id': () => 'metadata[changed]=yes',
  'POST /v1/payment_intents': () => 'amount=1000&currency=usd',
  'POST /v1/payment_intents/:id': () => 'description=changed',
  'POST /v1/payment_intents/:id/confirm': () => 'payment_method=pm_card_visa&return_url=http://localhost/',
  'POST /v1/test_helpers/payment_intents/:id/complete_authentication': () => 'outcome=failed',
  'POST /authenticate/:id': () => 'client_secret=none&outcome=failed',
  'POST /v1/payment_methods': () => 'type=card&card[token]=tok_visa',
  'POST /v1/payment_methods/:id': () => 'metadata[changed]=yes',
  'POST /v1/payment_methods/:id/attach': ({ cus }) => `customer=${cus}`,
  'POST /v1/customers/:id': () => 'description=changed',
  'POST /v1/customers/:customer/sources': () => 'source=tok_visa',
  'POST /v1/customers/:customer/sources/:id': () => 'metadata[changed]=yes',
  'POST /v1/tokens': ({ cus }) => `card[number]=4242424242424242&card[exp_month]=1&card[exp_year]=2040&customer=${cus}`,
  'POST /v1/webhook_endpoints': () => 'url=http://localhost:9/&enabled_events[]=charge.expired',
  'POST /v1/webhook_endpoints/:id': () => 'description=changed',
  'POST /v1/events/:id/retry': ({ we }) => `webhook_endpoint=${we}`,
  'POST /v1/test_helpers/test_clocks': () => 'frozen_time=1900000000',
  'POST /v1/test_helpers/test_clocks/:id/advance': () => 'frozen_time=1990000000',
};

/** Queries without which a route answers nothing. */
const ordinaryQueries: Readonly<Record<string, string>> = {
  'GET /v1/customers/search': 'query=created%3E1',
  'GET /authenticate/:id': 'client_secret=none',
};

const prefixes: Readonly<Record<string, string>> = {
  charges: 'ch',
  refunds: 're',
  balance_transactions: 'txn',
  test_clocks: 'clock',
  authenticate: 'pi',
  payment_intents: 'pi',
  payment_methods: 'pm',
  customers: 'cus',
  tokens: 'tok',
  webhook_endpoints: 'we',
  events: 'evt',
};

/** A request that is hostile in nothing. */
export function ordinaryRequest(route: HostileRoute, ids: KnownIds, apiKey: string): HostileRequest {
  const collection = route.path.split('/').find((segment) => segment in prefixes);
  const id = ids[prefixes[collection ?? 'charges']!];
  assert(id !== undefined, `an id for ${route.path}`);
  const name = `${route.method} ${route.path}`;
  const body = ordinaryBodies[name]?.(ids) ?? '';
  const query = ordinaryQueries[name];
  return {
    route,
    kind: 'ordinary',
    method: route.method,
    target: `${route.path.replaceAll(/:\w+/g, id)}${query === undefined ? '' : `?${query}`}`,
    protocol: 'HTTP/1.1',
    headers: [...HEADERS(apiKey), ...(body === '' ? [] : [FORM])],
    body,
    requests: 1,
    client: 'reads',
  };
}

type Variant = (ordinary: HostileRequest) => Partial<HostileRequest>;

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
const repeated = (text: string, times: number): string => Array.from({ length: times }, () => text).join('');
const smuggled = (apiKey: string): string => `GET ${SMUGGLED_PATH} HTTP/1.1\r\n${HEADERS(apiKey).join('')}\r\n`;

const withHeaders =
  (...lines: string[]): Variant =>
  ({ headers }) => ({
    headers: [...headers, ...lines.map((line) => `${line}\r\n`)],
  });
const withHeaderInstead =
  (name: string, ...lines: string[]): Variant =>
  ({ headers }) => ({
    headers: [
      ...headers.filter((line) => !line.toLowerCase().startsWith(`${name}:`)),
      ...lines.map((line) => `${line}\r\n`),
    ],
  });
const withTarget =
  (change: (target: string) => string): Variant =>
  ({ target }) => ({ target: change(target) });
const withBody =
  (body: string, ...types: string[]): Variant =>
  (ordinary) => ({
    ...withHeaderInstead('content-type', ...types.map((type) => `Content-Type: ${type}`))(ordinary),
    method: ordinary.method === 'GET' ? 'POST' : ordinary.method,
    body,
  });
const withJson = (body: string): Variant => withBody(utf8(body), 'application/json');
/** In the body of a POST, in the query of everything else. */
const withParameters =
  (text: string): Variant =>
  ({ method, target, headers, body }) =>
    method === 'POST'
      ? { body: body === '' ? text : `${body}&${text}`, headers: body === '' ? [...headers, FORM] : headers }
      : { target: `${target}?${text}` };
/** Framing of its own: no length is added. */
const withFraming =
  (lines: string[], body: (ordinary: string) => string, requests = 1): Variant =>
  (ordinary) => ({
    headers: [...ordinary.headers, ...lines.map((line) => `${line}\r\n`)],
    method: ordinary.method === 'GET' ? 'POST' : ordinary.method,
    body: body(ordinary.body || 'limit=1'),
    requests,
  });
const chunked = (text: string, size = text.length): string => {
  const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
  return `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`;
};

const numbers = [
  'NaN', '1e400', '-0', '9223372036854775808', '-1', '1.5', '0x10', '1_000', '+5', '٣', '1000000000000000', '', ' 5', 'Infinity',
  '00000000000000000000001', '1e3', '99999999999999999999999999999999', 'true', 'null',
]; // prettier-ignore
const numberNames = ['amount', 'limit', 'created', 'created[gt]', 'frozen_time'];
const texts = ['%FF', '\xff\xfe', '%C0%80', '%ED%A0%80', '%00', 'a%00b', '%EF%BB%BFx', "'; DROP TABLE charge; --", '%F0%9F%98%80', '%',
  '%zz', '+', '%2525', '<script>alert(1)</script>', '../../etc/passwd', '$(reboot)', '${7*7}', '\x7f\x01', '%E2%80%AE', 'x'.repeat(6_000),
]; // prettier-ignore
const textNames = ['description', 'metadata[a]', 'source', 'source[number]', 'currency', 'charge', 'starting_after', 'expand[]', 'customer',
  'transfer_group', 'name', 'reason', 'capture', 'statement_descriptor', 'shipping[name]',
]; // prettier-ignore

/** Every kind of hostility; of each, all of its variants are dealt out over the routes. */
function kindsOf(apiKey: string): Readonly<Record<string, readonly Variant[]>> {
  return {
    method: ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'QUERY', 'BREW', 'get', 'G\0T', ''].map(
      (method): Variant => () => ({ method }),
    ), // prettier-ignore
    path: [
      (target: string) => `${target}${'x'.repeat(10_000)}`,
      (target: string) => `${target}/%00`,
      (target: string) => `${target}%00`,
      (target: string) => `${target}/..`,
      (target: string) => target.replace('/v1/', '/v1/../v1/'),
      (target: string) => target.replace('/v1/', '/v1/%2e%2e/'),
      (target: string) => target.replaceAll('/', '//'),
      (target: string) => `${target}/`,
      (target: string) => `${target}/%zz`,
      (target: string) => `${target}/%C3%28`,
      (target: string) => `${target}\xe4`,
      (target: string) => `${target}%e4`,
      (target: string) => `${target};a=b`,
      (target: string) => `${target}#fragment`,
      (target: string) => `${target}\\..\\`,
      (target: string) => target.toUpperCase(),
      (target: string) => target.replace(/[^/]+$/, '*'),
      (target: string) => target.replace(/[^/]+$/, '__proto__'),
      (target: string) => target.replace(/[^/]+$/, "ch_1'--"),
      (target: string) => target.replace(/[^/]+$/, `ch_${'1'.repeat(300)}`),
      (target: string) => target.slice(1),
      (target: string) => `http://evil.example${target}`,
      (target: string) => `http://[${target}`,
      () => '*',
      () => '/',
      () => '//',
      () => 'localhost:80',
      (target: string) => `${target} HTTP/1.1 x`,
      (target: string) => target.replace('v1', 'v\t1'),
    ].map(withTarget),
    query: [
      '',
      '?',
      '=',
      '&&&&',
      'limit',
      'limit=1&limit=2',
      'limit[]=1',
      'limit[a][b][c][d][e][f][g][h]=1',
      '[]=1',
      'a[=1',
      'a]b[=1',
      'expand=x',
      `expand[]=${'data.'.repeat(1_000)}`,
      'starting_after=ch_1&ending_before=ch_2',
      'starting_after=%00',
      'created=1e9',
      'created[gt]=9&created[lt]=1',
      'created[gt][gt]=1',
      `unknown=${'x'.repeat(5_000)}`,
      `${'x'.repeat(5_000)}=1`,
      '%FF=1',
      Array.from({ length: 1_100 }, (_, n) => `k${n}=`).join('&'),
    ].map((query) => withTarget((target) => `${target}?${query}`)),
    type: [
      withBody('amount=1000'),
      withBody('{"amount":1000}', 'application/json'),
      withBody('{"amount":1000}', 'text/json'),
      withBody('{"amount":1000}', 'application/x-www-form-urlencoded'),
      withBody('{"amount":1000}', 'application/vnd.api+json; charset=utf-8'),
      withBody(
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        'application/xml',
      ),
      withBody(
        '--x\r\nContent-Disposition: form-data; name="amount"\r\n\r\n1\r\n--x--\r\n',
        'multipart/form-data; boundary=x',
      ),
      withBody('--x\r\n', 'multipart/form-data'),
      withBody('amount=1000', 'application/x-www-form-urlencoded; charset=latin1'),
      withBody('amount=1000', 'application/x-www-form-urlencoded; charset="utf-8'),
      withBody('amount=1000', 'application/x-www-form-urlencoded', 'application/json'),
      withBody('amount=1000', 'application/x-www-form-urlencoded, application/json'),
      withBody('amount=1000', ''),
      withBody('amount=1000', ';'),
      withBody('amount=1000', '*/*'),
      withBody('amount=1000', 'application/octet-stream'),
      withBody('amount=1000', `a/${'b'.repeat(5_000)}`),
      withBody('amount=1000', '\xff\xfe/\xff'),
      withBody('amount=1000', '__proto__'),
      withBody('\x1f\x8b\x08\x00rubbish', 'application/json', 'gzip'),
    ],
    size: [
      withBody('', 'application/json'),
      withBody(' '.repeat(200_000), 'application/json'),
      withBody(`description=${'x'.repeat(300_000)}`, 'application/x-www-form-urlencoded'),
      withBody(`description=${'x'.repeat(250_000)}`, 'application/x-www-form-urlencoded'),
      withBody(`description=${'1'.repeat(250_000)}`, 'application/x-www-form-urlencoded'),
      withBody(`description=${'4242 '.repeat(50_000)}`, 'application/x-www-form-urlencoded'),
      withBody(`${'1 '.repeat(120_000)}=1`, 'application/x-www-form-urlencoded'),
      withBody(`amount=${'1'.repeat(250_000)}`, 'application/x-www-form-urlencoded'),
      withBody(`currency=${'%F0%9F%98%80'.repeat(20_000)}`, 'application/x-www-form-urlencoded'),
      withBody('&'.repeat(1_000_000), 'application/x-www-form-urlencoded'),
      withBody('&'.repeat(250_000), 'application/x-www-form-urlencoded'),
      withBody('a=&'.repeat(80_000), 'application/x-www-form-urlencoded'),
      withBody(`${'%'.repeat(250_000)}=1`, 'application/x-www-form-urlencoded'),
      withBody(`a${'[b]'.repeat(80_000)}=1`, 'application/x-www-form-urlencoded'),
      withBody(`a${'['.repeat(250_000)}`, 'application/x-www-form-urlencoded'),
      withBody('expand[]=a&'.repeat(20_000), 'application/x-www-form-urlencoded'),
      withBody(
        Array.from({ length: 900 }, (_, n) => `${'long'.repeat(50)}${n}=1`).join('&'),
        'application/x-www-form-urlencoded',
      ),
      withBody(
        Array.from({ length: 900 }, (_, n) => `metadata[k${n}]=v`).join('&'),
        'application/x-www-form-urlencoded',
      ),
      withJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
      withJson(`${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`),
      withJson(`{"metadata":{${Array.from({ length: 5_000 }, (_, n) => `"k${n}":""`).join(',')}}}`),
      withJson(`{"a":[${'[],'.repeat(80_000)}[]]}`),
      withJson(`{"amount":${'9'.repeat(200_000)}}`),
      withJson(`{"a":"${'\\u0031'.repeat(40_000)}"}`),
      withFraming(['Transfer-Encoding: chunked'], () => chunked('x'.repeat(300_000), 16_384)),
      withFraming(['Transfer-Encoding: chunked'], () => chunked('x'.repeat(5_000), 1)),
    ],
    encoding: texts.flatMap((text) => [textNames[0]!, textNames[1]!].map((name) => withParameters(`${name}=${text}`))),
    text: textNames.flatMap((name, index) =>
      [0, 7, 13].map((step) => withParameters(`${name}=${texts[(index + step) % texts.length]}`)),
    ),
    json: [
      withJson('{"amount":NaN}'),
      withJson('{"amount":1e400}'),
      withJson('{"amount":-0}'),
      withJson('{"amount":9223372036854775808,"currency":"usd","source":"tok_visa"}'),
      withJson('{"amount":[1000],"currency":"usd","source":"tok_visa"}'),
      withJson('{"amount":{"a":1}}'),
      withJson('{"amount":1000,"amount":2000,"currency":"usd","source":"tok_visa"}'),
      withJson('{"amount":1000,"currency":"usd","source":{"number":{}}}'),
      withJson('{"__proto__":{"amount":1000}}'),
      withJson('{"constructor":{"prototype":{"admin":true}}}'),
      withJson('{"metadata":{"__proto__":"a","constructor":"b","toString":"c"}}'),
      withJson('{"metadata":{"a[b]":"c"}}'),
      withJson('{"metadata":{"\\u0000":"\\u0000"}}'),
      withJson('{"description":"\\ud800"}'),
      withJson('{"\\udfff":1}'),
      withJson('\ufeff{"description":"x"}'),
      withJson('null'),
      withJson('[]'),
      withJson('"text"'),
      withJson('42'),
      withJson('{'),
      withJson('{"a":1}}'),
      withJson("{'a':1}"),
      withBody('{"description":"\xff"}', 'application/json'),
      withBody('\xff\xfe{\0}\0', 'application/json; charset=utf-16'),
    ],
    name: ['__proto__', '__proto__[a]', 'constructor[prototype][a]', 'toString', 'hasOwnProperty', 'metadata[__proto__]', 'metadata[]',
      'metadata[a][b]', 'metadata', 'source[__proto__]', 'card[constructor]', 'expand[__proto__]', 'expand[0][1]', 'created[__proto__]',
      'metadata[%00]', 'metadata[%FF]', `metadata[${'k'.repeat(5_000)}]`, 'amount[]', 'source[]', '', '[', ']', '%5B%5D',
    ].map((name) => withParameters(`${name}=x`)), // prettier-ignore
    number: numberNames.flatMap((name) => numbers.map((number) => withParameters(`${name}=${utf8(number)}`))),
    header: [
      withHeaderInstead('host'),
      withHeaders('Host: evil.example'),
      withHeaderInstead('host', 'Host: '),
      withHeaderInstead('host', 'Host: \xff'),
      (ordinary: HostileRequest) => ({ ...withHeaderInstead('host')(ordinary), protocol: 'HTTP/1.0' }),
      () => ({ protocol: 'HTTP/2.0' }),
      () => ({ protocol: 'HTTP/9' }),
      () => ({ protocol: 'http/1.1' }),
      () => ({ protocol: '' }),
      withHeaders(`X-Long: ${'x'.repeat(20_000)}`),
      withHeaders(...Array.from({ length: 3_000 }, (_, n) => `X-${n}: 1`)),
      withHeaders(...Array.from({ length: 800 }, (_, n) => `X-${n}: 1`)),
      withHeaders('X-Folded: a\r\n b\r\n\tc'),
      withHeaders('X-Nul: a\0b'),
      withHeaders('X-Return: a\rb'),
      withHeaders('X Space: a'),
      withHeaders(': nameless'),
      withHeaders('colonless'),
      withHeaders('__proto__: a'),
      withHeaders('Stripe-Version: tomorrow'),
      withHeaders(`Stripe-Version: ${'2020-08-27'.repeat(100)}`),
      withHeaders('Stripe-Version: 2020-08-27', 'Stripe-Version: 2019-01-01'),
      withHeaders('Stripe-Account: acct_other'),
      withHeaders(`Stripe-Account: ${'x'.repeat(5_000)}`),
      withHeaders('Expect: 100-continue'),
      withHeaders('Expect: miracle'),
      withHeaders('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'),
      withHeaders('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'),
      withHeaders('Connection: host, authorization'),
      withHeaders('Content-Encoding: gzip'),
      withHeaders(`Content-Encoding: ${'br, '.repeat(1_000)}`),
      withHeaders('Accept: application/xml', 'Accept-Encoding: zstd'),
      withHeaders('Range: bytes=0-1', 'If-None-Match: *', 'If-Modified-Since: never'),
      withHeaders('Origin: http://evil.example', 'Cookie: a=b', 'Referer: javascript:1'),
      withHeaders('X-HTTP-Method-Override: DELETE', 'X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Host: evil.example'),
      withHeaders('traceparent: 00-00000000000000000000000000000000-0000000000000000-ff', 'tracestate: x'),
      withHeaders(`traceparent: ${'0'.repeat(5_000)}`),
      withHeaders('traceparent: \xff'),
      withHeaders('baggage: a=b', 'Stripe-Context: x', 'X-Request-Id: \xff'),
    ],
    authorization: [
      withHeaderInstead('authorization'),
      ...['', 'Bearer', 'Bearer ', 'Basic', 'Basic !!!', `Basic ${Buffer.from('\0:').toString('base64')}`, 'Digest username="a"', 'Bearer sk_live_1234567890',
        'Bearer pk_test_1', 'Bearer sk_test_', `Bearer sk_test_${'x'.repeat(241)}`, `Bearer sk_test_${'x'.repeat(10_000)}`, 'Bearer sk_test_\xff', 'Bearer sk_test_a b',
        "Bearer sk_test_a' OR 1=1", 'Bearer sk_test_a, Bearer sk_test_b', 'sk_test_bare', `Bearer ${'e'.repeat(3_000)}`, 'Bearer\tsk_test_\t', 'a '.repeat(2_000), `Basic ${'A'.repeat(8_000)}`,
      ].map((value) => withHeaderInstead('authorization', `Authorization: ${value}`)),
      withHeaders('Authorization: Bearer sk_test_hostile_other'),
    ], // prettier-ignore
    'idempotency key': ['', ' ', '\xff\xfe', '\x01', utf8('ключ-1'), 'x'.repeat(255), 'x'.repeat(256), 'x'.repeat(10_000), "'; DROP TABLE keys; --", '__proto__', 'a, b', '4242424242424242',
      utf8('😀'.repeat(255)), 'same', 'same', 'same',
    ].map((key) => withHeaders(`Idempotency-Key: ${key}`)).concat(withHeaders('Idempotency-Key: a', 'Idempotency-Key: b')), // prettier-ignore
    framing: [
      withFraming(['Content-Length: 7', 'Content-Length: 7'], () => 'limit=1'),
      withFraming(['Content-Length: 1', 'Content-Length: 7'], () => 'limit=1'),
      withFraming(['Content-Length: 7, 7'], () => 'limit=1'),
      withFraming(['Content-Length: +7'], () => 'limit=1'),
      withFraming(['Content-Length: 0x7'], () => 'limit=1'),
      withFraming(['Content-Length: -1'], () => 'limit=1'),
      withFraming(['Content-Length: '], () => 'limit=1'),
      withFraming(['Content-Length: 7.0'], () => 'limit=1'),
      withFraming(['Content-Length: 18446744073709551617'], () => 'a'),
      withFraming(['Content-Length: 300000000000'], () => 'limit=1'),
      withFraming(['Content-Length: 0', 'Transfer-Encoding: chunked'], (body) => `${chunked(body)}${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: chunked', 'Content-Length: 5'], () => `0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Content-Length: 5', 'Transfer-Encoding: identity'], () => `0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: xchunked'], () => `0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: chunked', 'Transfer-Encoding: x'], () => `0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: chunked, identity'], () => `0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding:\x0bchunked'], () => `0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding : chunked', 'Content-Length: 0'], () => `0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['X: y\nTransfer-Encoding: chunked', 'Content-Length: 0'], () => `0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['X: y\rContent-Length: 200', 'Content-Length: 0'], () => smuggled(apiKey)),
      withFraming(['Transfer-Encoding: chunked'], () => `zz\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: chunked'], () => `-1\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: chunked'], () => `0x5\r\nhello\r\n0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: chunked'], () => `fffffffffffffffff\r\nx\r\n0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: chunked'], () => `5\r\nhelloX0\r\n\r\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: chunked'], () => `5\nhello\n0\n\n${smuggled(apiKey)}`),
      withFraming(['Transfer-Encoding: chunked'], (body) => chunked(body, 1)),
      withFraming(
        ['Transfer-Encoding: chunked'],
        (body) => `${chunked(body).slice(0, -2)}X-Trailer: ${SMUGGLED_PATH}\r\n\r\n`,
      ),
      withFraming(['Transfer-Encoding: chunked'], () => `0;${'x'.repeat(20_000)}\r\n\r\n`),
      withFraming(['Transfer-Encoding: chunked'], () => `0\r\n${`X: ${'x'.repeat(100)}\r\n`.repeat(300)}\r\n`),
      // A GET may have a body.
      ({ headers }) => ({ method: 'GET', headers, body: smuggled(apiKey) }),
      ({ headers }) => ({ method: 'DELETE', headers, body: smuggled(apiKey) }),
      ({ headers }) => ({ method: 'OPTIONS', headers, body: smuggled(apiKey) }),
      ({ target, headers }) => ({ target: `${target}\r\n\r\n${smuggled(apiKey)}`, headers, requests: 1 }),
    ],
    pipelining: [
      (ordinary) => ({
        body: `${ordinary.body}${repeated(textOf(ordinary), 3)}`,
        headers: withLength(ordinary),
        requests: 4,
      }),
      (ordinary) => ({
        body: `${ordinary.body}${repeated(textOf(ordinary), 20)}`,
        headers: withLength(ordinary),
        requests: 21,
      }),
      (ordinary) => ({ body: `${ordinary.body}rubbish\r\n\r\n`, headers: withLength(ordinary), requests: 1 }),
      (ordinary) => ({ body: `${ordinary.body}\r\n\r\n`, headers: withLength(ordinary), requests: 1 }),
      (ordinary) => ({ body: `${ordinary.body}\0\0\0\0`, headers: withLength(ordinary), requests: 1 }),
      (ordinary) => ({ body: `${ordinary.body}GET /`, headers: withLength(ordinary), requests: 2, client: 'waits' }),
      () => ({ method: 'PRI', target: '*', protocol: 'HTTP/2.0', headers: [], body: 'SM\r\n\r\n' }),
      () => ({ method: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', target: '', protocol: '', headers: [] }),
    ],
    'half sent': [
      ({ body }) => ({ headers: ['Host: localhost\r\n', `X-Cut: ${body}`], body: '', client: 'waits' }),
      (ordinary) => ({
        headers: [...ordinary.headers, 'Content-Length: 1000\r\n'],
        body: ordinary.body,
        client: 'waits',
      }),
      (ordinary) => ({
        headers: [...ordinary.headers, 'Transfer-Encoding: chunked\r\n'],
        body: '5\r\nhal',
        client: 'waits',
      }),
    ],
    'hanging up': [
      (ordinary) => ({ client: 'hangs up', headers: ordinary.headers }),
      (ordinary) => ({
        headers: [...ordinary.headers, 'Content-Length: 1000\r\n'],
        body: ordinary.body,
        client: 'hangs up',
      }),
      (ordinary) => ({
        headers: [...ordinary.headers, 'Content-Length: 200000\r\n'],
        body: 'x'.repeat(150_000),
        client: 'hangs up',
      }),
      (ordinary) => ({
        headers: [...ordinary.headers, 'Transfer-Encoding: chunked\r\n'],
        body: 'fff\r\nhal',
        client: 'hangs up',
      }),
      (ordinary) => ({ ...withHeaders('Idempotency-Key: same')(ordinary), client: 'hangs up' }),
      () => ({ headers: ['Ho'], client: 'hangs up', body: '' }),
    ],
  };
}

const withLength = ({ headers, body }: HostileRequest): string[] => [...headers, `Content-Length: ${body.length}\r\n`];

/** How many of each kind every route gets. */
const PER_KIND = 2;

/**
 * Several hundred requests. Each route gets some of each kind, and each variant is used: they are shuffled, and dealt
 * out in turn. The ids in paths are the attacker's own, another account's, or unknown.
 */
export function hostileRequests({ routes, own, others, apiKey, random }: World): HostileRequest[] {
  const nobodys = Object.fromEntries(Object.keys(own).map((prefix) => [prefix, `${prefix}_1`]));
  const requests = Object.entries(kindsOf(apiKey)).flatMap(([kind, variants]) => {
    const count = Math.max(variants.length, PER_KIND * routes.length);
    const order = shuffled(variants, random);
    const targets = shuffled(routes, random);
    return Array.from({ length: count }, (_, n) => {
      const ids = [own, others, nobodys][Math.floor(random() * 3)]!;
      const ordinary = ordinaryRequest(targets[n % targets.length]!, ids, apiKey);
      return { ...ordinary, ...order[n % order.length]!(ordinary), kind };
    });
  });
  return shuffled(requests, random);
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

type Wire = Pick<HostileRequest, 'method' | 'target' | 'protocol' | 'headers' | 'body'>;

/** As it goes over the wire, a character for each byte. */
export function textOf({ method, target, protocol, headers, body }: Wire): string {
  const cutInHeaders = headers.length > 0 && !headers.at(-1)!.endsWith('\r\n');
  const framed = headers.some((line) => /(^|\n)(content-length|transfer-encoding)/i.test(line));
  const length = framed || body === '' || cutInHeaders ? '' : `Content-Length: ${body.length}\r\n`;
  return `${method} ${target} ${protocol}\r\n${headers.join('')}${length}${cutInHeaders ? '' : '\r\n'}${body}`;
}
