import type { ChargeEvidence } from '../evidence.js';
import { bodyOf, type ApiError, type ChargeObject } from './api-objects.js';
import {
  inexplicable,
  type BegunEffect,
  type ChargeSnapshot,
  type Observation,
  type ChargePhase,
} from './charge-states.js';
import type { AttributedRows } from './attributed-rows.js';
import { leastMinor } from './currencies.js';
import { isAskedAgain, kindOfAnswer, type KeyedOperation } from './operation.js';
import { amountOf } from './request.js';
import { mayHaveLapsed } from './rows.js';

const phases: Readonly<Record<ChargeEvidence['state'], ChargePhase>> = {
  requested: 'requested',
  authorized: 'authorized',
  succeeded: 'captured',
  failed: 'failed',
  canceled: 'canceled',
};
/** Most refunds of a charge, failed ones included. */
const REFUNDS_MAX = 100;

/** Checks for each charge that some order of the requests explains all answers about it (linearizability). */
export function judgeStates(claims: AttributedRows): string[] {
  const reads = readsOf(claims);
  return claims.evidence.charges.flatMap((row) => {
    const creation = claims.creation.get(row);
    const refunds = claims.refundsOf.get(row.id) ?? [];
    const isAtRest = !row.awaiting && refunds.every(({ state }) => state !== 'pending');
    if (!creation || !isAtRest) return [];
    const about = (claims.operationsOn.get(row.id) ?? []).filter(({ account }) => account === row.account);
    const effects = effectsOn(claims, row);
    const wrong = inexplicable({
      isManual: row.capture === 'manual',
      phase: phases[row.state],
      capturedMinor: row.capturedMinor ?? 0,
      expired: row.cause === 'expired',
      effects: effects.map(({ effect }) => effect),
      observations: [
        ...[creation, ...about].flatMap((operation) => {
          const known = effects.some((each) => each.operation === operation);
          return [...observed(claims, row, operation, known), ...refusedForNow(operation)];
        }),
        ...(reads.get(row.id) ?? []).map(({ object, sentMs, endedMs }): Observation => ({
          text: `shown as ${worded(object)} to a request from ${sentMs} to ${endedMs}, which no order of the requests explains`,
          sentMs,
          endedMs,
          holds: looksLike(row, object),
        })),
      ],
    });
    return [...(wrong ? [`${row.id}: ${wrong}`] : []), ...effects.flatMap(({ wrong }) => wrong)];
  });
}

interface Known {
  readonly operation: KeyedOperation;
  readonly effect: BegunEffect;
  readonly wrong: readonly string[];
}

/** Captures, cancellations and refunds that left a row, with their answers. */
function effectsOn(claims: AttributedRows, row: ChargeEvidence): Known[] {
  const capture = claims.captureOf(row);
  const captures = capture
    ? [
        known(
          capture,
          'capture',
          row,
          row.capturedMinor ?? amountOf(capture.parameters) ?? row.amountMinor,
          row.state !== 'succeeded',
        ),
      ]
    : [];
  const refunds = (claims.refundsOf.get(row.id) ?? []).flatMap((refund) => {
    const operation = claims.refundOperation.get(refund);
    const kind = refund.cancels ? 'cancellation' : 'refund';
    return operation ? [known(operation, kind, row, refund.amountMinor, refund.state === 'failed')] : [];
  });
  return [...captures, ...refunds];
}

function known(
  operation: KeyedOperation,
  kind: BegunEffect['kind'],
  row: ChargeEvidence,
  amountMinor: number,
  failed: boolean,
): Known {
  const { name, sentMs, answeredMs, answer, parameters } = operation;
  const body = answer && bodyOf(answer);
  const isPending = body?.object !== undefined && 'status' in body.object && body.object.status === 'pending';
  const isWhole = amountOf(parameters) === undefined;
  const effect: BegunEffect = {
    name,
    kind,
    sentMs,
    amountMinor,
    isWhole,
    failed,
    answeredMs,
    answered: isPending ? 'begun' : 'ended',
  };
  const wrong = answer && !isPending && !suits(kind, row, failed, answer.status, body?.error);
  const word = body?.error?.code ?? body?.error?.message ?? '';
  return {
    operation,
    effect,
    wrong: wrong ? [`${name}: answered ${answer.status} ${word}, and ${row.id} ${row.state}`] : [],
  };
}

/** Whether a final answer matches how the effect ended. */
function suits(
  kind: BegunEffect['kind'],
  row: ChargeEvidence,
  failed: boolean,
  status: number,
  error: ApiError | undefined,
): boolean {
  const code = error?.code;
  switch (kind) {
    case 'capture':
      if (row.state === 'succeeded') return status === 200;
      if (row.state === 'failed') return status === 402;
      return (
        status === 400 && code === (row.cause === 'expired' ? 'charge_expired_for_capture' : 'charge_already_refunded')
      );
    case 'cancellation':
      if (!failed) return status === 200;
      return (
        status === 400 && code === (row.state === 'succeeded' ? 'charge_already_captured' : 'charge_not_refundable')
      );
    case 'refund':
      return status === 200 || (failed && (code === 'balance_insufficient' || code === 'charge_not_refundable'));
  }
}

/** The condition that an answer implies for the charge: the shown object, or the reason of a refusal. */
function observed(
  claims: AttributedRows,
  row: ChargeEvidence,
  operation: KeyedOperation,
  hasEffect: boolean,
): Observation[] {
  const { answer, kind, name, sentMs, answeredMs: endedMs } = operation;
  if (!answer) return [];
  const { object, error } = bodyOf(answer);
  if (hasEffect && object?.object !== 'charge') return [];
  const word = error ? (error.code ?? error.message) : object?.object === 'charge' ? worded(object) : '';
  const holds = ((): Observation['holds'] => {
    if (object?.object === 'charge' && (kind !== 'capture' || hasEffect)) return looksLike(row, object);
    if (kind === 'create' && answer.status === 402) return ({ phase }) => phase === 'failed';
    if (error && answer.status === 400) return reasonFor(claims, row, operation, error);
    return () => false;
  })();
  return [
    {
      text: `${name}: answered ${answer.status} ${word}, which no order of the requests explains`,
      sentMs,
      endedMs,
      holds,
    },
  ];
}

/** Temporary refusals ("Try again in a moment"), which are not stored under the key. */
function refusedForNow({ exchanges, name }: KeyedOperation): Observation[] {
  return exchanges.flatMap((exchange) => {
    const { answer, sentMs, endedMs } = exchange;
    const error = answer?.status === 400 && kindOfAnswer(exchange) === 'refused' ? bodyOf(answer).error : undefined;
    if (!error || !isAskedAgain(error)) return [];
    const text = `${name}: answered ${error.message}, which no order of the requests explains`;
    return [{ text, sentMs, endedMs, holds: ({ phase }: ChargeSnapshot) => phase === 'requested' }];
  });
}

/** The states in which a refusal is right. An effect in progress counts as done if it later succeeded. */
function reasonFor(
  claims: AttributedRows,
  row: ChargeEvidence,
  { kind, parameters, answeredMs }: KeyedOperation,
  error: ApiError,
): Observation['holds'] {
  const amountMinor = amountOf(parameters);
  const refunds = claims.refundsOf.get(row.id) ?? [];
  const leftIn = ({ phase, refundedMinor }: ChargeSnapshot): number =>
    phase === 'captured' ? (row.capturedMinor ?? 0) - refundedMinor : 0;
  const isCaptured = ({ phase, begun }: ChargeSnapshot): boolean =>
    phase === 'captured' || (row.state === 'succeeded' && begun('capture'));
  const isCanceled = ({ phase, begun }: ChargeSnapshot): boolean =>
    row.state === 'canceled' && row.cause !== 'expired' && (phase === 'canceled' || begun('cancellation'));
  const isExpired = ({ phase }: ChargeSnapshot): boolean =>
    row.cause === 'expired' &&
    (phase === 'canceled' || phase === 'authorized') &&
    mayHaveLapsed(claims, row, answeredMs);
  if (kind === 'capture') {
    switch (error.code) {
      case 'charge_already_captured':
        return isCaptured;
      case 'charge_already_refunded':
        return isCanceled;
      case 'charge_expired_for_capture':
        return isExpired;
      case 'amount_too_large':
      case 'amount_too_small': {
        const isOutside =
          amountMinor !== undefined &&
          (error.code === 'amount_too_large'
            ? amountMinor > row.amountMinor
            : amountMinor < (leastMinor(row.currency) ?? 0));
        return ({ phase }) => isOutside && (phase === 'requested' || phase === 'authorized');
      }
      case undefined:
        return ({ phase }) => phase === 'failed' || (row.capture === 'automatic' && phase === 'requested');
    }
  }
  if (kind === 'refund') {
    switch (error.code) {
      case 'charge_already_refunded':
        return (glimpse) =>
          isCanceled(glimpse) ||
          // Expired by time, even if the bank has not voided it yet.
          isExpired(glimpse) ||
          glimpse.phase === 'canceled' ||
          (glimpse.phase === 'captured' && leftIn(glimpse) === 0);
      case 'charge_not_refundable':
        return ({ phase }) => phase === 'failed';
      case undefined:
        if (error.param === 'charge') return () => refunds.length >= REFUNDS_MAX;
        return (glimpse) =>
          amountMinor !== undefined &&
          (glimpse.phase === 'captured'
            ? leftIn(glimpse) > 0 && amountMinor > leftIn(glimpse)
            : row.capture === 'manual' &&
              (glimpse.phase === 'requested' || glimpse.phase === 'authorized') &&
              amountMinor !== row.amountMinor);
    }
  }
  return () => false;
}

/** Whether a charge in this state can be shown so. */
export function looksLike(row: ChargeEvidence, shown: ChargeObject): (glimpse: ChargeSnapshot) => boolean {
  const { status, captured, amount, amount_captured, amount_refunded, paid } = shown;
  return ({ phase, begun, refundedMinor }) => {
    switch (phase) {
      case 'requested':
        return status === 'pending' && !captured && !paid && amount_refunded === 0;
      case 'authorized':
        return (
          !captured && amount_refunded === 0 && (status === 'succeeded' || (status === 'pending' && begun('capture')))
        );
      case 'captured':
        return (
          captured &&
          status === 'succeeded' &&
          amount_captured === row.capturedMinor &&
          amount_refunded === amount - amount_captured + refundedMinor
        );
      case 'failed':
        return status === 'failed' && !captured && amount_refunded === 0;
      case 'canceled':
        return status === 'succeeded' && !captured && amount_refunded === amount;
    }
  };
}

interface Read {
  readonly object: ChargeObject;
  readonly sentMs: number;
  readonly endedMs: number;
}

/** Every GET of a charge, by id. */
function readsOf({ evidence }: AttributedRows): Map<string, Read[]> {
  const reads = new Map<string, Read[]>();
  for (const { method, path, account, sentMs, endedMs, answer } of evidence.exchanges) {
    if (method !== 'GET' || !answer || !path.startsWith('/v1/charges/')) continue;
    const { object } = bodyOf(answer);
    if (object?.object !== 'charge' || path !== `/v1/charges/${object.id}` || account === '') continue;
    reads.set(object.id, [...(reads.get(object.id) ?? []), { object, sentMs, endedMs }]);
  }
  return reads;
}

const worded = ({ status, captured, amount_captured, amount_refunded }: ChargeObject): string =>
  `${status}${captured ? `, ${amount_captured} captured` : ', not captured'}, ${amount_refunded} refunded`;
