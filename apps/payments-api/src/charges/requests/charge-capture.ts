import { Injectable } from '@nestjs/common';
import { AdmissionControl } from '../../admission/admission-control.js';
import type { Parameters } from '../../protocol/parameters.js';
import type { KeyedAnswer, RequestClaim } from '../../idempotency/key.js';
import { captureCharge, readCaptureParameters } from './capture-charge.js';
import { KeyedRequests } from './keyed-requests.js';

/** `POST /v1/charges/:id/capture`. */
@Injectable()
export class ChargeCapture {
  constructor(
    private readonly requests: KeyedRequests,
    private readonly admission: AdmissionControl,
  ) {}

  /** @throws StripeError for errors that are not stored under the key */
  capture(
    requested: RequestClaim,
    chargeId: string,
    parameters: Parameters,
    traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    const wanted = readCaptureParameters(parameters);
    const claim = { ...requested, chargeId, subject: 'capture', expand: wanted.expand } as const;
    return this.requests.answer(claim, {
      name: 'POST /v1/charges/:id/capture',
      parent: traceparent,
      decide: captureCharge(claim, wanted),
      admit: () => this.admission.admit(claim.account, null),
    });
  }
}
