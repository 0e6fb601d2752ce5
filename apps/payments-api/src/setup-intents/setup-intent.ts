export type SetupIntentStatus =
  'requires_payment_method' | 'requires_confirmation' | 'requires_action' | 'succeeded' | 'canceled';

/** What no list filters by. */
export interface SetupIntentDetails {
  readonly clientSecret: string;
  readonly description: string | null;
  readonly usage: 'off_session' | 'on_session';
}
