import { CHARGE_ID, type Span } from '#telemetry';
import type { Claim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { StripeError } from '../../protocol/stripe-error.js';

/** Of a request, by OpenTelemetry's conventions for HTTP servers. @param name method and route */
export function requestAttributes(name: string, claim: Claim): Record<string, string> {
  const [method = '', route = ''] = name.split(' ');
  return {
    'http.request.method': method,
    'http.route': route,
    'holdfast.account.id': claim.account,
    'holdfast.request.id': claim.requestId,
    ...(claim.chargeId !== null && { [CHARGE_ID]: claim.chargeId }),
  };
}

export function setAnswer(span: Span, { answer, originalRequestId }: KeyedAnswer, claim: Claim): void {
  setStatus(span, answer.status);
  if (originalRequestId !== claim.requestId) span.set({ 'holdfast.replayed.request.id': originalRequestId });
}

export function setFailure(span: Span, error: unknown): void {
  setStatus(span, error instanceof StripeError ? error.answer.status : 500);
}

/** By the conventions, an answer of 4xx is no failure of the server. */
function setStatus(span: Span, status: number): void {
  span.set({ 'http.response.status_code': status });
  if (status < 500) return;
  span.set({ 'error.type': String(status) });
  span.fail(new Error(`answered ${status}`));
}
