import type { ChargeEvidence, TransferRow } from '../evidence.js';
import type { AttributedRows } from './attributed-rows.js';
import { feeMinor } from './currencies.js';
import { amountOf } from './request.js';

/** Checks the money of each charge in the ledger, in the merchant's balance, and at the banks. */
export function judgeMoney(claims: AttributedRows): string[] {
  return [...wrongTransfers(claims), ...wrongBalanceTransactions(claims), ...wrongEntries(claims)];
}

const capturedOf = ({ state, capturedMinor }: ChargeEvidence): number =>
  state === 'succeeded' ? (capturedMinor ?? 0) : 0;

function refundedOf(claims: AttributedRows, { id }: ChargeEvidence): number {
  return (claims.refundsOf.get(id) ?? [])
    .filter(({ cancels, state }) => !cancels && state === 'succeeded')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/** The captured amount less fee and refunds must be credited to the charge's merchant, and the fee to the platform. */
function wrongTransfers(claims: AttributedRows): string[] {
  const { transfers } = claims.evidence;
  return [...Map.groupBy(transfers, ({ chargeId }) => chargeId)].flatMap(([chargeId, all]) => {
    const row = claims.charges.get(chargeId);
    if (!row) return [];
    const { account, currency } = row;
    const captured = capturedOf(row);
    const fee = captured > 0 ? feeMinor(captured, currency) : 0;
    const own = `merchant:${account}:${currency}`;
    const fees = `fees:${currency}`;
    const sums = netOf(all);
    const wrong = [...new Set(all.flatMap(({ debitAccount, creditAccount }) => [debitAccount, creditAccount]))]
      .filter((name) => isForeign(name, own, currency))
      .map((name) => `${chargeId}: of ${own}, and its money is moved at ${name}`);
    const net = captured - fee - refundedOf(claims, row);
    if ((sums.get(own) ?? 0) !== net)
      wrong.push(`${chargeId}: ${sums.get(own) ?? 0} credited to ${own}, ${net} is due`);
    if ((sums.get(fees) ?? 0) !== fee) wrong.push(`${chargeId}: a fee of ${sums.get(fees) ?? 0}, ${fee} is due`);
    const pending = all.filter(({ effect, kind }) => effect === 'hold' && kind === 'pending');
    for (const { amountMinor } of pending)
      if (amountMinor !== row.amountMinor) wrong.push(`${chargeId}: ${amountMinor} held for it, of ${row.amountMinor}`);
    return wrong;
  });
}

/** Whether the ledger account is another merchant's or in another currency. */
function isForeign(name: string, own: string, currency: string): boolean {
  return (name.startsWith('merchant:') && name !== own) || !name.endsWith(`:${currency}`);
}

function netOf(transfers: readonly TransferRow[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { kind, debitAccount, creditAccount, amountMinor } of transfers) {
    if (kind !== 'post' && kind !== 'single') continue;
    sums.set(debitAccount, (sums.get(debitAccount) ?? 0) - amountMinor);
    sums.set(creditAccount, (sums.get(creditAccount) ?? 0) + amountMinor);
  }
  return sums;
}

/** Each capture has one balance transaction with the documented fee, each refund one without a fee. */
function wrongBalanceTransactions(claims: AttributedRows): string[] {
  const { charges, refunds, balanceTransactions } = claims.evidence;
  const due = new Map<string, string>();
  for (const row of charges) {
    const captured = capturedOf(row);
    if (captured > 0) due.set(row.id, moved(row, captured, captured - feeMinor(captured, row.currency)));
  }
  for (const { id, chargeId, account, cancels, state, amountMinor } of refunds) {
    const currency = claims.charges.get(chargeId)?.currency;
    if (cancels || state !== 'succeeded' || currency === undefined) continue;
    due.set(id, moved({ account, currency }, -amountMinor, -amountMinor));
  }
  const there = Map.groupBy(balanceTransactions, ({ source }) => source);
  return [...new Set([...due.keys(), ...there.keys()])].flatMap((source) => {
    const found = (there.get(source) ?? []).map((row) => moved(row, row.amountMinor, row.netMinor)).join(', ');
    const wanted = due.get(source) ?? '';
    return found === wanted ? [] : [`${source}: moved the balance by [${found}], [${wanted}] is due`];
  });
}

const moved = ({ account, currency }: { account: string; currency: string }, amount: number, net: number): string =>
  `${amount} ${currency}, ${net} net, of ${account}`;

/** Every bank entry of a charge, reversed ones included, must match a request of its merchant. */
function wrongEntries(claims: AttributedRows): string[] {
  return claims.evidence.entries.flatMap((entry) => {
    const row = claims.charges.get(entry.chargeId);
    if (!row) return [];
    const { kind, bank, bankId, account, currency, amountMinor, card } = entry;
    const what = `${entry.chargeId}: ${kind} ${bankId} at ${bank}`;
    const wrong: string[] = [];
    if (account !== row.account) wrong.push(`${what} is on account of ${account}, not of ${row.account}`);
    if (currency !== row.currency) wrong.push(`${what} is in ${currency}, not in ${row.currency}`);
    if (card && (card.brand !== row.brand || card.last4 !== row.last4))
      wrong.push(`${what} is on ${card.brand} ${card.last4}, not on ${row.brand} ${row.last4}`);
    const wanted = wantedOf(claims, row, kind);
    if (wanted && !wanted.has(amountMinor))
      wrong.push(`${what} is of ${amountMinor}, requested: ${[...wanted].join(' or ')}`);
    return wrong;
  });
}

/** The allowed amounts of a movement of this kind. */
function wantedOf(claims: AttributedRows, row: ChargeEvidence, kind: string): Set<number> | undefined {
  const capture = claims.captureOf(row);
  const captured =
    row.capture === 'automatic' ? row.amountMinor : capture && (amountOf(capture.parameters) ?? row.amountMinor);
  switch (kind) {
    case 'authorization':
      return new Set([row.amountMinor]);
    case 'capture':
      return new Set(captured === undefined ? [] : [captured]);
    case 'refund':
      // A capture of a charge that had ended is refunded in full.
      return new Set([
        ...(captured === undefined ? [] : [captured]),
        ...(claims.refundsOf.get(row.id) ?? []).map(({ amountMinor }) => amountMinor),
      ]);
    default:
      return undefined;
  }
}
