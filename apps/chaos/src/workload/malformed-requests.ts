const lines = (...of: string[]): string => `${of.join('\r\n')}\r\n`;

/** Bytes that are no HTTP, or not all of it. Each is sent as it is; then its sender leaves, or waits for an answer. */
export const malformedRequests: readonly { readonly bytes: string; readonly leaves?: true }[] = [
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
