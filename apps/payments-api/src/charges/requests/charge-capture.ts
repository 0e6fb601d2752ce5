import { Injectable } from '@nestjs/common';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import type { CaptureParameters } from '../parameters/capture-parameters.js';
import { captureCharge } from './capture-charge.js';
import { KeyedRequests } from './keyed-requests.js';

/** `POST /v1/charges/:id/capture`. */
@Injectable()
export class ChargeCapture {
  constructor(private readonly requests: KeyedRequests) {}

  /** @throws StripeError for errors that are not stored under the key */
  capture(
    requested: RequestClaim,
    chargeId: string,
    wanted: CaptureParameters,
    traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    const claim = { ...requested, chargeId, subject: 'capture', expand: wanted.expand } as const;
    return this.requests.answer(claim, {
      name: 'POST /v1/charges/:id/capture',
      parent: traceparent,
      decide: captureCharge(claim, wanted),
      traffic: null,
    });
  }
}
