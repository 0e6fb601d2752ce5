const lines = (...of: string[]): string => `${of.join('\r\n')}\r\n`;

export interface MalformedRequest {
  readonly bytes: string;
  readonly leaves?: true;
}

/** Bytes that are no HTTP, or incomplete HTTP. Afterwards the sender disconnects or waits for an answer. */
export const malformedRequests: readonly MalformedRequest[] = [
  { bytes: 'GARBAGE\r\n\r\n' },
  { bytes: '\u0000\u0001\u0002\u0003' },
  { bytes: lines('POST /v1/charges HTTP/1.1', 'host: x', 'content-length: -1', '') },
  {
    bytes: lines(
      'POST /v1/charges HTTP/1.1',
      'host: x',
      'content-length: 5',
      'transfer-encoding: chunked',
      '',
      '0',
      '',
    ),
  },
  { bytes: lines('POST /v1/charges HTTP/1.1', 'host: x', 'transfer-encoding: chunked', '', 'ZZ', 'amount', '') },
  { bytes: lines('GET /v1/charges HTTP/1.1', 'host: x', `x-long: ${'y'.repeat(64_000)}`, '') },
  { bytes: lines('POST /v1/charges HTTP/1.1', 'host: x', 'content-length: 1000', '', 'amount=2000&cur'), leaves: true },
  { bytes: 'POST /v1/char', leaves: true },
];

export interface UnreadableHttp {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const chargeOf2000 = 'amount=2000&currency=usd&source=tok_visa';

/** Valid HTTP with a body that is no valid form, or with the key of no account. */
export const unreadableHttp: readonly UnreadableHttp[] = [
  { method: 'POST', path: '/v1/charges', body: 'amount[]=2000&amount[]=1&currency=usd&source=tok_visa' },
  { method: 'POST', path: '/v1/charges', body: '%00%ff%fe&&&===' },
  { method: 'POST', path: '/v1/charges', body: `amount=2000&currency=usd&${'a[b]'.repeat(3_000)}=1` },
  { method: 'POST', path: '/v1/charges', headers: { 'content-type': 'application/json' }, body: '{"amount":2000,' },
  { method: 'POST', path: '/v1/charges', headers: { 'content-type': 'multipart/form-data' }, body: '--x' },
  { method: 'POST', path: '/v1/charges', headers: { authorization: 'Bearer sk_live_real' }, body: chargeOf2000 },
  { method: 'POST', path: '/v1/charges', headers: { authorization: 'Bearer sk_test_nobody' }, body: chargeOf2000 },
  { method: 'POST', path: '/v1/charges', headers: { authorization: 'Basic !!!' }, body: chargeOf2000 },
  { method: 'POST', path: '/v1/charges', headers: { 'idempotency-key': 'k'.repeat(5_000) }, body: chargeOf2000 },
];
