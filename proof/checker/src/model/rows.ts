import type { ChargeEvidence } from '../evidence.js';
import { CLOCKS_DIFFER_MS } from './account-time.js';
import { isRefusedByLedger } from './cards.js';
import { leastMinor } from './currencies.js';
import type { AttributedRows } from './attributed-rows.js';
import { amountOf, readCharge } from './request.js';
import { isOfUncaptured } from './uncaptured.js';
import { textsOf, wrongTexts } from './editable-text.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Time until an uncaptured authorization expires. Source: Stripe's documentation, "Place a hold on a payment method". */
export const LAPSES_AFTER_MS = 7 * DAY_MS;
/** Time within which the expiry job and the bank void it. */
const GIVEN_BACK_WITHIN_MS = 60 * 60 * 1_000;

/** Compares each charge's final row with its requests: amounts, keys and phase. */
export function judgeRows(claims: AttributedRows): string[] {
  const endMs = endOf(claims);
  return claims.evidence.charges.flatMap((row) =>
    [...wrongEnd(claims, row, endMs), ...wrongTime(claims, row, endMs), ...wrongAtRest(claims, row)].map(
      (what) => `${row.id}: ${what}`,
    ),
  );
}

function wrongAtRest(claims: AttributedRows, row: ChargeEvidence): string[] {
  return wrongTexts(textsOf(claims, row), row, Infinity, Infinity);
}

function wrongEnd(claims: AttributedRows, row: ChargeEvidence, endMs: number): string[] {
  const creation = claims.creation.get(row);
  if (!creation) return [];
  const { state, amountMinor, capturedMinor, capture, captureKey } = row;
  const { card } = readCharge(creation.parameters);
  const wrong: string[] = [];
  if (card && (card.declines || isRefusedByLedger(card)) && (state === 'authorized' || state === 'succeeded'))
    wrong.push(`${state}, and its card (${creation.parameters['source'] ?? card.last4}) is always refused`);
  const asked = claims.captureOf(row);
  if (captureKey !== null && !asked) wrong.push(`captured under ${captureKey}, which no request asked for`);
  if (capture === 'automatic') {
    if (captureKey !== null) wrong.push('captured twice over: it was to be captured at once');
    if (state === 'authorized' || state === 'canceled') wrong.push(`${state}, and it was to be captured at once`);
    if (state === 'succeeded' && capturedMinor !== amountMinor)
      wrong.push(`captured ${capturedMinor}, requested: ${amountMinor}`);
  } else if (state === 'succeeded') {
    const wanted = asked ? (amountOf(asked.parameters) ?? amountMinor) : undefined;
    if (wanted === undefined) wrong.push('captured, which no request asked for');
    else if (capturedMinor !== wanted)
      wrong.push(`captured ${capturedMinor}, requested: ${wanted} under ${asked!.name}`);
  }
  const least = leastMinor(row.currency) ?? 0;
  if (state === 'succeeded' && (capturedMinor ?? 0) < least)
    wrong.push(`captured ${capturedMinor}, and ${least} is the least in ${row.currency}`);
  const asks = (claims.refundsOf.get(row.id) ?? []).filter((refund) => !isOfUncaptured(refund));
  const cancellations = asks.filter(({ cancels }) => cancels);
  if (state === 'canceled') {
    if (row.cause === 'canceled' && !cancellations.some(({ state }) => state === 'succeeded'))
      wrong.push('canceled, which no request asked for');
    if (row.cause === 'expired' && !mayHaveLapsed(claims, row, endMs)) wrong.push('expired before its time');
  }
  for (const { id, amountMinor: refunded, cancels } of asks) {
    if (cancels && refunded !== amountMinor)
      wrong.push(`${id} gives back ${refunded} of an authorization of ${amountMinor}`);
    if (cancels && capture === 'automatic')
      wrong.push(`${id} gives back an authorization, and it was captured at once`);
  }
  return wrong;
}

function wrongTime(claims: AttributedRows, row: ChargeEvidence, endMs: number): string[] {
  const creation = claims.creation.get(row);
  if (!creation) return [];
  const time = claims.timeOf(row.account);
  const { createdMs } = row;
  const [earliestMs, latestMs] = time.between(creation.sentMs, Math.min(creation.answeredMs, endMs));
  const wrong: string[] = [];
  if (createdMs < earliestMs - CLOCKS_DIFFER_MS || createdMs > latestMs + CLOCKS_DIFFER_MS)
    wrong.push(`created at ${iso(createdMs)}, requested between ${iso(earliestMs)} and ${iso(latestMs)}`);
  const lapsedMs = latestMs + LAPSES_AFTER_MS + CLOCKS_DIFFER_MS;
  const isAuthorized = creation.answer?.status === 200 && !creation.answer.body.includes('"status": "pending"');
  if (row.state === 'authorized' && isAuthorized && time.at(endMs - GIVEN_BACK_WITHIN_MS)[0] > lapsedMs)
    wrong.push('still authorized, and its seven days have passed');
  const asked = claims.captureOf(row);
  if (row.state === 'succeeded' && asked && isAuthorized && time.at(asked.sentMs)[0] > lapsedMs)
    wrong.push(`captured under ${asked.name}, and its seven days had passed`);
  return wrong;
}

/** Whether the charge may have expired by this real time. */
export function mayHaveLapsed(claims: AttributedRows, { account, createdMs }: ChargeEvidence, atMs: number): boolean {
  return claims.timeOf(account).at(atMs)[1] + CLOCKS_DIFFER_MS >= createdMs + LAPSES_AFTER_MS;
}

/** The last time in the evidence. */
function endOf({ evidence: { exchanges, entries, requests } }: AttributedRows): number {
  return [...exchanges.map(({ endedMs }) => endedMs), ...[...entries, ...requests].map(({ at }) => at)].reduce(
    (latest, ms) => (ms < Infinity ? Math.max(latest, ms) : latest),
    0,
  );
}

const iso = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : String(ms));
