import type { ChargeEvidence, RefundEvidence } from '../evidence.js';
import type { ApiExchange } from '../history.js';
import { bodyOf, type ChargeObject, type RefundObject } from './api-objects.js';
import { failuresOfBanks, isMessageOf, type Decline } from './cards.js';
import type { AttributedRows } from './attributed-rows.js';
import type { KeyedOperation } from './operation.js';
import { amountOf, readCharge } from './request.js';
import { textsOf, withOwn, wrongTexts } from './editable-text.js';

/** Compares answered objects with the requests, as far as that does not depend on time. */
export function judgeAnswers(claims: AttributedRows): string[] {
  return claims.operations.flatMap((operation) => {
    const { answer, kind, name } = operation;
    if (!answer) return [];
    const { object, error } = bodyOf(answer);
    const wrong =
      answer.status === 402
        ? wrongDecline(claims, operation)
        : answer.status !== 200
          ? []
          : kind === 'create' || kind === 'capture' || kind === 'update_charge'
            ? wrongAnswerAboutCharge(claims, operation, object?.object === 'charge' ? object : undefined)
            : kind === 'refund' || kind === 'update_refund'
              ? wrongAnswerAboutRefund(claims, operation, object?.object === 'refund' ? object : undefined)
              : [];
    return wrong.map((what) => `${name}: answered ${answer.status} ${error?.code ?? ''}`.trimEnd() + `, but ${what}`);
  });
}

function wrongAnswerAboutCharge(
  claims: AttributedRows,
  operation: KeyedOperation,
  object: ChargeObject | undefined,
): string[] {
  if (!object) return ['without a charge'];
  const { kind, about, account, sentMs, answeredMs } = operation;
  const row = claims.charges.get(object.id);
  // attributed-rows.ts reports a charge that does not exist.
  if (!row) return kind === 'create' ? [] : [`${object.id} does not exist`];
  const wrong = wrongCharge(object, row);
  if (kind !== 'create' && object.id !== about) wrong.push(`about ${object.id}, but the request was about ${about}`);
  if (row.account !== account) wrong.push(`${object.id} is ${row.account}'s`);
  if (kind !== 'update_charge' && object.status === 'failed') wrong.push('it failed, which is a 402');
  if (kind === 'capture' && !object.captured && object.status !== 'pending') wrong.push('it is not captured');
  if (kind === 'capture' && object.captured) {
    const wanted = amountOf(operation.parameters) ?? row.amountMinor;
    if (object.amount_captured !== wanted) wrong.push(`captured ${object.amount_captured}, requested: ${wanted}`);
    if (row.captureKey !== null && claims.captureOf(row) !== operation)
      wrong.push('it was captured by another request');
  }
  const { description, receipt_email: receiptEmail, metadata } = object;
  const writes = withOwn(textsOf(claims, row), operation);
  return [...wrong, ...wrongTexts(writes, { description, receiptEmail, metadata }, sentMs, answeredMs)];
}

/** @returns the object's fields that are wrong at any time */
export function wrongCharge(object: ChargeObject, row: ChargeEvidence): string[] {
  const wrong: string[] = [];
  const same = (what: string, shown: unknown, wanted: unknown): void => {
    if (shown !== wanted) wrong.push(`${what} is ${String(shown)}, not ${String(wanted)}`);
  };
  same('amount', object.amount, row.amountMinor);
  same('currency', object.currency, row.currency);
  same('created', object.created, Math.floor(row.createdMs / 1_000));
  same('livemode', object.livemode, false);
  same('brand', object.payment_method_details.card.brand, row.brand);
  same('last4', object.payment_method_details.card.last4, row.last4);
  same("the source's last4", object.source.last4, row.last4);
  same('refunded', object.refunded, object.amount_refunded === object.amount);
  same('captured', object.captured, object.amount_captured > 0);
  same('balance_transaction', object.balance_transaction !== null, object.captured);
  if (object.status === 'failed') same('paid', object.paid, false);
  if (object.status === 'succeeded') same('paid', object.paid, true);
  if (object.captured) same('status', object.status, 'succeeded');
  return wrong;
}

function wrongAnswerAboutRefund(
  claims: AttributedRows,
  operation: KeyedOperation,
  object: RefundObject | undefined,
): string[] {
  if (!object) return ['without a refund'];
  const row = claims.evidence.refunds.find(({ id }) => id === object.id);
  if (!row) return operation.kind === 'refund' ? [] : [`${object.id} does not exist`];
  const wrong = wrongRefund(claims, object, row);
  if (row.account !== operation.account) wrong.push(`${object.id} is ${row.account}'s`);
  if (operation.kind === 'update_refund' && object.id !== operation.about)
    wrong.push(`about ${object.id}, but the request was about ${operation.about}`);
  return wrong;
}

/** @returns the refund's fields that are wrong at any time */
export function wrongRefund(claims: AttributedRows, object: RefundObject, row: RefundEvidence): string[] {
  const wrong: string[] = [];
  const same = (what: string, shown: unknown, wanted: unknown): void => {
    if (shown !== wanted) wrong.push(`${what} is ${String(shown)}, not ${String(wanted)}`);
  };
  same('amount', object.amount, row.amountMinor);
  same('charge', typeof object.charge === 'string' ? object.charge : object.charge.id, row.chargeId);
  same('currency', object.currency, claims.charges.get(row.chargeId)?.currency);
  same('created', object.created, Math.floor(row.createdMs / 1_000));
  same('reason', object.reason, row.reason);
  if (object.status !== 'pending') same('status', object.status, row.state);
  const operation = claims.refundOperation.get(row);
  if (operation) {
    for (const [name, value] of metadataAsked(operation.parameters))
      if (!isUpdated(claims, row, name)) same(`metadata[${name}]`, object.metadata[name], value);
    for (const name of Object.keys(object.metadata))
      if (!isUpdated(claims, row, name))
        same(`metadata[${name}]`, object.metadata[name], operation.parameters[`metadata[${name}]`]);
  }
  return wrong;
}

const metadataAsked = (parameters: ApiExchange['parameters']): [string, string][] =>
  Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
    const key = /^metadata\[([^\]]+)\]$/.exec(name)?.[1];
    return key === undefined || value === '' ? [] : [[key, value]];
  });

const isUpdated = (claims: AttributedRows, { id }: RefundEvidence, key: string): boolean =>
  claims.operations.some(
    ({ kind, about, parameters }) =>
      kind === 'update_refund' && about === id && (`metadata[${key}]` in parameters || 'metadata' in parameters),
  );

/** The part of the card that a decline names. Source: Stripe's documentation, "Error codes". */
const cardParams: Readonly<Record<string, string>> = { expired_card: 'exp_month', incorrect_cvc: 'cvc' };

/** Checks that the decline is the card's own, or one that any card may get from a bank. */
function wrongDecline(claims: AttributedRows, { kind, answer, parameters, about }: KeyedOperation): string[] {
  const { error } = bodyOf(answer!);
  if (error?.type !== 'card_error') return ['not as a card error'];
  const row = claims.charges.get(error.charge ?? '');
  const { card } = readCharge(kind === 'create' ? parameters : {});
  if (kind === 'create' && !row) {
    if (error.charge !== undefined) return [];
    const isSpelledOut = parameters['source'] === undefined && parameters['card'] === undefined;
    return isSpelledOut ? [] : ['without a charge'];
  }
  if (kind === 'capture' && error.charge !== about)
    return [`about ${error.charge}, but the request was about ${about}`];
  if (kind !== 'create' && kind !== 'capture') return ['only charges are declined'];
  if (!isMessageOf(error.decline_code ?? '', error.message)) return [`its message is “${error.message}”`];
  const wrongPart = cardParams[error.code ?? ''];
  if (error.param !== wrongPart) return [`it names ${error.param}, and what is wrong is ${wrongPart}`];
  const possible = card?.declines ? [card.declines, ...strangersTo(claims, error.charge)] : failuresOfBanks;
  return possible.some(({ code, declineCode }) => code === error.code && declineCode === error.decline_code)
    ? []
    : [`the reason ${error.code}/${error.decline_code} is none that its card or its bank can have`];
}

/** Declines other than the card's own that are possible: its bank had a fault, or could not be reached. */
function strangersTo({ evidence: { requests } }: AttributedRows, chargeId: string | undefined): readonly Decline[] {
  const isStruck = requests.some(
    (request) => request.chargeId === chargeId && request.operation === 'authorize' && request.fault !== undefined,
  );
  return isStruck ? failuresOfBanks : failuresOfBanks.filter(({ code }) => code === 'processing_error');
}
