import type { bankProtocol, views } from '#contracts';

/** The result of asking one service. */
export type ServiceReply<View> =
  | { readonly kind: 'told'; readonly view: View }
  /** It answered that it does not know the charge. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'away'; readonly because: string }
  /** It answered, and the answer does not fit the schema of its view. */
  | { readonly kind: 'unreadable'; readonly because: string };

/** All that the services, and the banks, say of one charge. Times are milliseconds since the epoch, each by its owner's clock. */
export interface ChargeFacts {
  readonly chargeId: string;
  readonly payments: ServiceReply<PaymentsFacts>;
  readonly gateway: ServiceReply<GatewayFacts>;
  readonly ledger: ServiceReply<LedgerFacts>;
  /** The banks' own journals, as far as they are about this charge. */
  readonly banks: ServiceReply<readonly WhyJournalRecord[]>;
  /** A sentence for each answer beside these that does not fit the schema of its view. */
  readonly unreadable: readonly string[];
}

export type WhyJournalRecord = bankProtocol.JournalRecord & { readonly bank: string };

export interface PaymentsFacts extends views.PaymentsChargeView {
  /** Every key under which something was asked of the charge. */
  readonly keys: readonly views.KeyView[];
}

export interface GatewayFacts extends views.GatewayChargeView {
  readonly banks: readonly views.BankStateView[];
}

export interface LedgerFacts extends views.LedgerChargeView {
  readonly differences: readonly views.DifferenceView[];
}

export const told = <View>(asked: ServiceReply<View>): View | undefined =>
  asked.kind === 'told' ? asked.view : undefined;

/** The answer with something added, when there is one. */
export const also = <View, More>(asked: ServiceReply<View>, more: (view: View) => More): ServiceReply<View & More> =>
  asked.kind === 'told' ? { kind: 'told', view: { ...asked.view, ...more(asked.view) } } : asked;

/** Idempotency key of the request behind this event; undefined for an event without a request. */
export function keyOfEvent(event: views.ChargeEventView, { charge }: views.PaymentsChargeView): string | undefined {
  if (event.type === 'opened') return charge.key;
  if (event.type === 'cancellation_requested') return event.refund?.key;
  return 'key' in event ? event.key : undefined;
}
