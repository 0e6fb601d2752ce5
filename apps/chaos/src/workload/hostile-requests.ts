/** What nobody who means well sends. None of it may be answered with a success, and none may end a process. */
export const hostileRequests: readonly {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}[] = [
  { method: 'POST', path: '/v1/charges', body: 'amount=-1&currency=usd&source=tok_visa' },
  { method: 'POST', path: '/v1/charges', body: 'amount=99999999999999999999&currency=usd&source=tok_visa' },
  { method: 'POST', path: '/v1/charges', body: 'amount=1e3&currency=usd&source=tok_visa' },
  { method: 'POST', path: '/v1/charges', body: "amount=2000&currency=usd'%3B--&source=tok_visa" },
  { method: 'POST', path: '/v1/charges', body: 'amount[]=2000&amount[]=1&currency=usd&source=tok_visa' },
  { method: 'POST', path: '/v1/charges', body: 'amount=2000&currency=usd&source=tok_fault_authorize_nonsense' },
  { method: 'POST', path: '/v1/charges', body: `amount=2000&currency=usd&source=${'x'.repeat(200_000)}` },
  { method: 'POST', path: '/v1/charges', body: '%00%ff%fe&&&===' },
  { method: 'POST', path: '/v1/charges', body: `amount=2000&currency=usd&${'a[b]'.repeat(3_000)}=1` },
  { method: 'POST', path: '/v1/charges', headers: { 'content-type': 'application/json' }, body: '{"amount":2000,' },
  { method: 'POST', path: '/v1/charges', headers: { 'content-type': 'multipart/form-data' }, body: '--x' },
  { method: 'POST', path: '/v1/charges', headers: { authorization: 'Bearer sk_live_real' }, body: 'amount=2000' },
  { method: 'POST', path: '/v1/charges', headers: { authorization: 'Basic !!!' }, body: 'amount=2000' },
  {
    method: 'POST',
    path: '/v1/charges',
    headers: { 'idempotency-key': 'k'.repeat(5_000) },
    body: 'amount=2000&currency=usd&source=tok_visa',
  },
  { method: 'POST', path: '/v1/refunds', body: 'charge=ch_nobody' },
  { method: 'POST', path: '/v1/refunds', body: 'charge=ch_1%00&amount=0' },
  { method: 'POST', path: "/v1/charges/ch_'%20OR%201=1/capture", body: '' },
  { method: 'GET', path: '/v1/charges/..%2f..%2fetc%2fpasswd' },
  { method: 'GET', path: '/v1/charges?limit=1000000' },
  { method: 'DELETE', path: '/v1/charges' },
];
