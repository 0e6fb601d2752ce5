import type { Sabotage } from '../sabotage.js';
const api = 'apps/payments-api/src';
const one = (name: string, file: string, find: string, replace: string): Sabotage => ({
  name,
  says: name,
  breaks: ['A17'],
  edits: [{ file, find, replace }],
});
export const mine: readonly Sabotage[] = [
  one(
    'm-refund-exact-refused',
    `${api}/refunds/create-refund.ts`,
    'if (wanted.amountMinor > left.amountMinor)',
    'if (wanted.amountMinor > left.amountMinor - (amountMinor === undefined ? 0 : 1))',
  ),
  one(
    'm-capture-clipped',
    `${api}/charges/capture-charge.ts`,
    'const wanted = money(request.amountMinor ?? amount.amountMinor, amount.currency);',
    'const wanted = money(Math.min(request.amountMinor ?? amount.amountMinor, amount.amountMinor), amount.currency);',
  ),
  one(
    'm-refund-metadata-lost',
    `${api}/refunds/create-refund.ts`,
    'metadata: request.metadata });',
    'metadata: {} as typeof request.metadata });',
  ),
  one(
    'm-failed-told-200',
    `${api}/charges/answer.ts`,
    "if (charge.state === 'failed') return failed(",
    "if (charge.state === 'failed' && charge.opening.capture !== 'manual') return failed(",
  ),
  one(
    'm-part-of-authorization-canceled',
    `${api}/refunds/create-refund.ts`,
    'if (amountMinor !== undefined && amountMinor !== amount.amountMinor) {',
    'if (amountMinor !== undefined && amountMinor > amount.amountMinor) {',
  ),
  one(
    'm-brand-always-visa',
    `${api}/charges/charge-object.ts`,
    '    brand: card.brand,\n    ...captureBefore(charge),',
    "    brand: card.brand && 'visa',\n    ...captureBefore(charge),",
  ),
  one(
    'm-one-refund-only',
    `${api}/refunds/create-refund.ts`,
    'if (left.amountMinor === 0) return',
    'if (left.amountMinor === 0 || charge.refunds.count > 0) return',
  ),
  one(
    'm-replay-not-said',
    `${api}/charges/keyed-requests.ts`,
    'return { answer: ruling.answer, originalRequestId };',
    'return { answer: ruling.answer, originalRequestId: originalRequestId && claim.requestId };',
  ),
  one(
    'm-full-capture-too-large',
    `${api}/charges/capture-charge.ts`,
    'if (wanted.amountMinor > amount.amountMinor)',
    'if (wanted.amountMinor >= amount.amountMinor && request.amountMinor !== undefined)',
  ),
  one('m-livemode', `${api}/charges/charge-object.ts`, 'livemode: false,', 'livemode: true,'),
  one(
    'm-refund-reason-lost',
    `${api}/refunds/create-refund.ts`,
    'reason: request.reason,',
    'reason: request.reason && null,',
  ),
  one(
    'm-description-lost',
    `${api}/charges/details.ts`,
    'if (description !== undefined) changes.description = description;',
    'if (description !== undefined) changes.description = description && description.slice(1);',
  ),
  one(
    'm-validity-after-create',
    `${api}/charges/create-request.ts`,
    'if (amountMinor < least.amountMinor) {',
    'if (amountMinor < least.amountMinor / 10) {',
  ),
  one(
    'm-automatic-left-open',
    `${api}/charges/create-request.ts`,
    "capture: reader.boolean('capture') === false ? 'manual' : 'automatic',",
    "capture: reader.boolean('capture') === false && amount.amountMinor > 500 ? 'manual' : 'automatic',",
  ),
  one(
    'm-second-capture-told-ok',
    `${api}/charges/capture-charge.ts`,
    "if (state === 'succeeded') return alreadyCaptured(id);",
    "if (state === 'succeeded') return notCapturable(id, 'it failed.');",
  ),
  one(
    'm-pending-told-succeeded',
    `${api}/charges/charge-object.ts`,
    "return charge.state === 'requested' || pendingCapture(charge) ? 'pending' : 'succeeded';",
    "return charge.state === 'requested' && !pendingCapture(charge) ? 'succeeded' : 'succeeded';",
  ),
];
