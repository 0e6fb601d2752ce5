import type { ApiExchange } from '../history.js';
import { bodyOf } from './api-objects.js';
import type { AttributedRows } from './attributed-rows.js';
import { isAboutState, isAskedAgain, type KeyedOperation } from './operation.js';
import { readRequest } from './request.js';

/** The overdraft: how far refunds may take a balance below zero, in minor units. */
const OVERDRAFT_MINOR = 1_000_000;

/** Checks that valid requests are accepted and invalid ones refused. */
export function judgeRefusals(claims: AttributedRows): string[] {
  const owners = ownersIn(claims);
  return claims.operations.flatMap((operation) =>
    operation.exchanges.flatMap((exchange) => {
      const wrong = wrongWith(claims, owners, operation, exchange);
      return wrong === undefined ? [] : [`${operation.name}: ${wrong}`];
    }),
  );
}

function ownersIn({ evidence: { charges, refunds } }: AttributedRows): Map<string, string> {
  return new Map([...charges, ...refunds].map(({ id, account }) => [id, account]));
}

function wrongWith(
  claims: AttributedRows,
  owners: ReadonlyMap<string, string>,
  operation: KeyedOperation,
  exchange: ApiExchange,
): string | undefined {
  const { kind, about, account, name } = operation;
  const { answer } = exchange;
  if (!answer || kind === 'none' || kind === 'clock' || answer.status === 429 || answer.status >= 500) return undefined;
  const { object, error } = bodyOf(answer);
  if (!object && !error) return `answered ${answer.status} without an object or an error`;
  if (answer.status === 409 || error?.type === 'idempotency_error') return undefined;
  const { mistakes, judged } = readRequest(exchange, kind);
  const isForeign = kind !== 'create' && owners.get(about ?? '') !== account;
  const isAccepted =
    answer.status === 200 || answer.status === 402 || (answer.status === 400 && error && isAboutState(error, kind));
  if (isAccepted) {
    if (mistakes.length > 0) return `answered ${answer.status}, and its ${mistakes[0]!.param} is wrong`;
    if (isForeign) return `answered ${answer.status} of ${about}, which is not ${account}'s`;
    return error?.code === 'balance_insufficient' ? wrongPoverty(claims, operation, exchange) : undefined;
  }
  const word = `answered ${answer.status} ${error?.code ?? error?.message}`;
  if (answer.status === 404 || error?.code === 'resource_missing') {
    // 400 is for an object in a parameter, 404 for the object of the request.
    if (isForeign && judged && answer.status === 400)
      return `${word}, and what a request is about is missing with a 404`;
    // What is no id makes a path that is no route, and that answer names no parameter.
    if (isForeign && judged && /^\w+$/.test(about ?? '') && error?.param !== paramOf(kind))
      return `${word} of ${error?.param}, which must be of ${paramOf(kind)}`;
    if (isForeign || mistakes.some(({ code, param }) => code === 'resource_missing' && param === error?.param))
      return undefined;
    return kind === 'create' && !judged ? undefined : `${word}, and ${about ?? name} is ${account}'s own`;
  }
  if (answer.status !== 400 || !judged) return undefined;
  if (error && isAskedAgain(error)) return undefined;
  if (mistakes.length === 0) return `${word}, and nothing is wrong with it`;
  return mistakes.some(({ code, param }) => code === error?.code && param === error?.param)
    ? undefined
    : `${word} (${error?.param}), and what is wrong is ${mistakes[0]!.code ?? ''} (${mistakes[0]!.param})`;
}

/** The parameter that a 404 names: the object of the request's path or, for a new refund, its charge. */
const paramOf = (kind: KeyedOperation['kind']): string => {
  if (kind === 'capture') return 'charge';
  return kind === 'update_refund' || kind === 'cancel_refund' ? 'refund' : 'id';
};

/**
 * Whether the balance may have been too low: all possible debits count, and only certain credits. A retry is checked at
 * its first sending.
 */
function wrongPoverty(
  claims: AttributedRows,
  { account, about, sentMs }: KeyedOperation,
  { endedMs }: ApiExchange,
): string | undefined {
  const currency = claims.charges.get(about!)?.currency;
  let leastMinor = 0;
  for (const row of claims.evidence.charges) {
    if (row.account !== account || row.currency !== currency) continue;
    const creation = claims.creation.get(row);
    const capturing = row.capture === 'manual' ? claims.captureOf(row) : creation;
    const isThere = row.state === 'succeeded' && (capturing?.answeredMs ?? Infinity) <= sentMs && !isPending(capturing);
    const netMinor = claims.evidence.balanceTransactions.find(({ source }) => source === row.id)?.netMinor ?? 0;
    leastMinor += isThere ? netMinor : Math.min(0, netMinor);
    for (const refund of claims.refundsOf.get(row.id) ?? []) {
      if (!refund.cancels && (claims.refundOperation.get(refund)?.sentMs ?? 0) < endedMs)
        leastMinor -= refund.amountMinor;
    }
  }
  return leastMinor < -OVERDRAFT_MINOR
    ? undefined
    : `answered that the balance is too low, and it cannot have been lower than ${leastMinor} ${currency}`;
}

const isPending = (operation: KeyedOperation | undefined): boolean =>
  operation?.answer?.body.includes('"status": "pending"') ?? true;
