import { answerBody, type ApiExchange, type RequestKind, type ToldAnswer } from '#checker';

/** One HTTP request and its answer, with what the report shows besides. */
export interface RecordedExchange extends ApiExchange {
  /** Numbered in the order of sending. */
  readonly number: number;
  /** Name of the client's story. */
  readonly story: string;
  /** The instance to which it was sent. */
  readonly at: string;
  /** It must not be granted: `foreign` names another account's object. */
  readonly forbidden?: 'foreign' | 'hostile';
}

/** A malformed request: no HTTP, no form, or credentials of no account. */
export interface UnreadableRequest {
  readonly number: number;
  readonly story: string;
  readonly at: string;
  /** The first bytes sent. */
  readonly sent: string;
  readonly sentMs: number;
  readonly endedMs: number;
  /** Absent if there was no answer. */
  readonly status?: number;
  readonly body?: string;
}

/** Kind of a request that moves money. Undefined for all others and for forbidden requests. */
export function kindOfRequest({ method, path, forbidden }: RecordedExchange): RequestKind | undefined {
  if (method !== 'POST' || forbidden !== undefined) return undefined;
  if (path === '/v1/charges') return 'charge';
  if (path === '/v1/refunds') return 'refund';
  return /^\/v1\/charges\/[^/]+\/capture$/.test(path) ? 'capture' : undefined;
}

/** The charge of the request, or else of the answer. */
export function chargeOf(exchange: RecordedExchange): string | undefined {
  const named = exchange.parameters.charge ?? /^\/v1\/charges\/([^/]+)/.exec(exchange.path)?.[1];
  if (named !== undefined) return named;
  const { id, object, charge, error } = answerBody(exchange);
  return object === 'charge' ? id : (charge ?? error?.charge);
}

/** Outcome as the client knows it: after an answer of 5xx it is unknown (`info`), as without an answer. */
export function kindOf({ answer }: Pick<RecordedExchange, 'answer'>): ToldAnswer['kind'] {
  if (answer === undefined || answer.status >= 500) return 'info';
  return answer.status === 200 ? 'ok' : 'fail';
}

/** Identity of a client's operation: account and idempotency key. */
export const operationOf = ({ account, key }: Pick<RecordedExchange, 'account' | 'key'>): string => `${account} ${key}`;

/** The history for the checker: requests that move money, with their answers. */
export function toldOf(exchanges: readonly RecordedExchange[]): ToldAnswer[] {
  return exchanges.flatMap((exchange) => {
    const asked = kindOfRequest(exchange);
    if (asked === undefined) return [];
    const { account, key = '', answer } = exchange;
    const chargeId = chargeOf(exchange);
    return [
      {
        asked,
        account,
        key,
        kind: kindOf(exchange),
        ...(answer !== undefined && { status: answer.status }),
        ...(answer !== undefined && answer.status < 500 && { body: answer.body }),
        ...(chargeId !== undefined && { chargeId }),
      },
    ];
  });
}
