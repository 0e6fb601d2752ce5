import { answerBody, type ApiExchange, type RequestKind, type ToldAnswer } from '#checker';

/** One request on the wire and what came of it, as the checker judges it and with what a report tells besides. */
export interface RecordedExchange extends ApiExchange {
  /** In the order of sending. */
  readonly number: number;
  /** What the client was up to. */
  readonly story: string;
  /** Which instance was asked. */
  readonly at: string;
  /** It must not be granted: it names another account's object, or it is hostile. */
  readonly forbidden?: 'foreign' | 'hostile';
}

/** A request that no form could say: bytes that are no HTTP, another format, credentials that open no account. */
export interface UnreadableRequest {
  readonly number: number;
  readonly story: string;
  readonly at: string;
  /** The first of what was sent. */
  readonly sent: string;
  readonly sentMs: number;
  readonly endedMs: number;
  /** Of the answer; absent when none came. */
  readonly status?: number;
  readonly body?: string;
}

/** What moves money, and its client means it; undefined for everything else. */
export function askedFor({ method, path, forbidden }: RecordedExchange): RequestKind | undefined {
  if (method !== 'POST' || forbidden !== undefined) return undefined;
  if (path === '/v1/charges') return 'charge';
  if (path === '/v1/refunds') return 'refund';
  return /^\/v1\/charges\/[^/]+\/capture$/.test(path) ? 'capture' : undefined;
}

/** The charge that it is about, as far as its client knows. */
export function chargeOf(exchange: RecordedExchange): string | undefined {
  const named = exchange.parameters.charge ?? /^\/v1\/charges\/([^/]+)/.exec(exchange.path)?.[1];
  if (named !== undefined) return named;
  const { id, object, charge, error } = answerBody(exchange);
  return object === 'charge' ? id : (charge ?? error?.charge);
}

/** An answer of 5xx leaves its client as unknowing as none at all. */
export function kindOf({ answer }: Pick<RecordedExchange, 'answer'>): ToldAnswer['kind'] {
  if (answer === undefined || answer.status >= 500) return 'info';
  return answer.status === 200 ? 'ok' : 'fail';
}

/** One operation of a client: a key of its account. */
export const operationOf = ({ account, key }: Pick<RecordedExchange, 'account' | 'key'>): string => `${account} ${key}`;

/** As the checker wants what moved money. */
export function toldOf(exchanges: readonly RecordedExchange[]): ToldAnswer[] {
  return exchanges.flatMap((exchange) => {
    const asked = askedFor(exchange);
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
