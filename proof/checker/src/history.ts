/** One HTTP request and its answer. The reference model needs every request of every client, reads included. */
export interface ApiExchange {
  /** The account of its API key. */
  readonly account: string;
  /** Unix ms until which its API key was valid; -Infinity if it never was. Absent if it always is. */
  readonly opensUntilMs?: number | undefined;
  /** Idempotency key, if one was sent. */
  readonly key?: string | undefined;
  /** The header `Stripe-Version`, if one was sent. A key is repeated with the version that it was first used with. */
  readonly version?: string | undefined;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path without the query: `/v1/charges/ch_1/capture`. */
  readonly path: string;
  /** Parameters of the form, or of the query for a GET. Nested ones as Stripe writes them: `metadata[color]`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Unix ms on the client's clock. */
  readonly sentMs: number;
  /** When the answer arrived or the client gave up, in Unix ms. */
  readonly endedMs: number;
  /** The client disconnected on purpose after sending. */
  readonly hungUp?: true | undefined;
  /** Absent without an answer: the outcome is unknown. */
  readonly answer?: ApiAnswer | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  /** The answer's bytes. */
  readonly body: string;
  /** Whether it has the header `idempotent-replayed`. */
  readonly replayed: boolean;
}
