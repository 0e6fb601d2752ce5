import type { Charge } from '../../charges/charge/charge.js';
import type { PaymentIntent } from '../intent/payment-intent.js';
import type { ChargedIntent } from './intent-status.js';

/** @returns undefined for the intent of another account, as if it did not exist */
export function ownIntent(intent: PaymentIntent | null, charge: Charge, account: string): ChargedIntent | undefined {
  if (intent?.account !== account) return undefined;
  return { intent, charge: charge.state === 'none' ? null : charge };
}
