import type { AnyStep } from '#saga';
import { onRefundPosted } from '../refunds/on-refund-posted.js';
import { onRefundRefused } from '../refunds/on-refund-refused.js';
import { onRefundReleased } from '../refunds/on-refund-released.js';
import { onAuthorizationDeclined } from './on-authorization-declined.js';
import { onAuthorizationFailed } from './on-authorization-failed.js';
import { onCancellationRefused } from './on-cancellation-refused.js';
import { onChargeAuthorized } from './on-charge-authorized.js';
import { onChargePosted } from './on-charge-posted.js';
import { onChargeReleased } from './on-charge-released.js';

/** All that a charge, and the refunds that are part of it, hear of other services. */
export const steps: readonly AnyStep[] = [
  onAuthorizationDeclined,
  onAuthorizationFailed,
  onChargeAuthorized,
  onCancellationRefused,
  onChargePosted,
  onChargeReleased,
  onRefundPosted,
  onRefundReleased,
  onRefundRefused,
];
