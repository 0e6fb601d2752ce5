import type { BankRequest } from './requests.js';

/** Headers of every request. The bank's journal stores them. */
export const headers = {
  instanceId: 'x-instance-id',
  attemptId: 'x-attempt-id',
  traceparent: 'traceparent',
} as const;

export interface WireRequest {
  method: 'GET' | 'POST';
  /** Including the query. */
  path: string;
  /** Sent as JSON. */
  body?: object;
}

/** The HTTP form of a request. */
export function wireOf(request: BankRequest): WireRequest {
  switch (request.kind) {
    case 'authorize': {
      const { kind: _, ...body } = request;
      return { method: 'POST', path: '/v1/authorizations', body };
    }
    case 'capture': {
      const { kind: _, authorizationId, ...body } = request;
      return { method: 'POST', path: `/v1/authorizations/${authorizationId}/captures`, body };
    }
    case 'void': {
      const { kind: _, authorizationId, ...body } = request;
      return { method: 'POST', path: `/v1/authorizations/${authorizationId}/voids`, body };
    }
    case 'refund': {
      const { kind: _, captureId, ...body } = request;
      return { method: 'POST', path: `/v1/captures/${captureId}/refunds`, body };
    }
    case 'reverse': {
      const { kind: _, ...body } = request;
      return { method: 'POST', path: '/v1/reversals', body };
    }
    case 'inquire': {
      const { kind: _, reference, account, chargeId, fault } = request;
      const query = new URLSearchParams({ account, chargeId, ...(fault !== undefined && { fault }) });
      return { method: 'GET', path: `/v1/operations/${reference}?${query.toString()}` };
    }
    case 'statement':
      return { method: 'GET', path: `/v1/statements?after=${request.after}&limit=${request.limit}` };
  }
}
