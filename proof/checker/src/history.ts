/**
 * One HTTP request of a client as it was sent, and what came back. The reference model judges answers by these alone,
 * so whoever drives a system records every request, reads included.
 */
export interface ApiExchange {
  /** The account that its API key stands for. */
  readonly account: string;
  /** Unix ms: its API key opened that account until then, and -Infinity if it never did; absent for one that always does. */
  readonly opensUntilMs?: number | undefined;
  /** Idempotency key; absent when none was sent. */
  readonly key?: string | undefined;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without a query: `/v1/charges/ch_1/capture`. */
  readonly path: string;
  /** Of the form, or of the query for a GET; nested ones flat, as Stripe writes them: `metadata[color]`, `created[gte]`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Unix ms on the client's clock. */
  readonly sentMs: number;
  /** When the answer arrived, or its client gave up. */
  readonly endedMs: number;
  /** Its client left on purpose, after it had sent everything. */
  readonly hungUp?: true | undefined;
  /** What was heard; absent when nothing was, so that anything may have happened. */
  readonly answer?: ApiAnswer | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  /** As it came, to the byte. */
  readonly body: string;
  /** It says that it was given before under this key. */
  readonly replayed: boolean;
}
