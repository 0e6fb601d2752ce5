import { token } from '#service';

export interface WebhookRequest {
  readonly url: string;
  readonly body: string;
  /** The header `Stripe-Signature`. */
  readonly signature: string;
}

/** `error` says why there was no answer. */
export type WebhookAnswer =
  { readonly status: number; readonly error: null } | { readonly status: null; readonly error: string };

/** The way to merchants' endpoints. */
export interface WebhookSender {
  /** Never rejects. Gives up when the signal aborts. */
  send(request: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer>;
}

export const WEBHOOK_SENDER = token<WebhookSender>('webhook sender');
