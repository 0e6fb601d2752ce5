import type { views } from '#contracts';
import type { Currency } from '#money';
import type { LedgerFacts } from './evidence.js';
import { said } from './merchant-moments.js';
import type { TimelineEntry } from './timeline-entry.js';
import { codeIn, moneyOf, whyNotHeld, whyNotRefunded } from './words.js';

/** What the books did: each transfer in plain words, and what was said of it. */
export function ledgerMoments(chargeId: string, view: LedgerFacts, capture: 'automatic' | 'manual'): TimelineEntry[] {
  const { hold, transfers, refunds, differences } = view;
  const fee = transfers.find(({ effect }) => effect === 'fee');
  const moments = transfers
    .filter(({ effect }) => effect !== 'fee')
    .map((transfer): TimelineEntry => ({
      id: `ledger ${transfer.effect}`,
      at: transfer.postedAt,
      who: 'ledger',
      because: [transfer.cause],
      ...partOf(chargeId, transfer, { view, fee, capture }),
    }));
  if (hold.refusal) {
    moments.push({
      id: 'ledger refusal',
      at: hold.state === 'refused' ? hold.changedAt : null,
      who: 'ledger',
      text: `refuses to hold the money, because ${whyNotHeld(hold.refusal)}`,
      tone: 'trouble',
      says: [said(chargeId, 'ledger', 'hold_refused')],
      because: [`${chargeId}.authorization_approved`],
    });
  }
  if (hold.state === 'released' && !transfers.some(({ effect }) => effect === 'release')) {
    moments.push({
      id: 'ledger released',
      at: hold.stray === null ? hold.changedAt : null,
      who: 'ledger',
      text: 'has no hold to release',
      tone: 'back',
      says: [said(chargeId, 'ledger', 'charge_released')],
      because: [`${chargeId}.authorization_voided`],
    });
  }
  for (const { refundId, refusal, changedAt } of refunds.filter(({ state }) => state === 'refused')) {
    moments.push({
      id: `ledger refused ${refundId}`,
      at: changedAt,
      who: 'ledger',
      text: `refuses ${refundId}, because ${whyNotRefunded(refusal)}: no bank is asked`,
      tone: 'trouble',
      says: [said(refundId, 'ledger', 'refund_refused')],
      because: [`${refundId}.refund_requested`],
    });
  }
  return [...moments, ...differences.map(foundOut)];
}

function foundOut({ id, kind, bank, movement, bankId, amount, foundAt }: views.DifferenceView): TimelineEntry {
  const what = `${movement} of ${moneyOf({ ...amount, currency: amount.currency as Currency })}`;
  const texts = {
    unknown_to_ledger: `finds a ${what} in ${bank}’s statement that is not in the books (${bankId})`,
    unknown_to_bank: `finds no ${what} in ${bank}’s statement, though it is in the books`,
    undone_at_bank: `finds in ${bank}’s statement that the ${what} was undone, though it stands in the books (${bankId})`,
    amount_differs: `finds another amount in ${bank}’s statement for the ${what} (${bankId})`,
  };
  return {
    id: `difference ${bankId}`,
    at: foundAt,
    who: 'ledger',
    text: texts[kind],
    tone: 'trouble',
    says: [{ id: `${id}.difference_found`, name: 'ledger.difference_found' }],
    because: [`entry ${bankId}`],
  };
}

function partOf(
  chargeId: string,
  transfer: views.TransferView,
  { view, fee, capture }: { view: LedgerFacts; fee: views.TransferView | undefined; capture: 'automatic' | 'manual' },
): Pick<TimelineEntry, 'text' | 'tone' | 'says' | 'undoes'> {
  const { effect, amount } = transfer;
  const sum = moneyOf(amount);
  const [kind, subject = ''] = effect.split(':') as [string, string?];
  const charged = fee ? `, and takes the fee of ${moneyOf(fee.amount)}` : '';
  switch (kind) {
    case 'hold':
      return {
        text: `holds ${sum} for the merchant: a pending transfer`,
        tone: 'good',
        says: [said(chargeId, 'ledger', capture === 'manual' ? 'charge_authorized' : 'hold_placed')],
      };
    case 'capture': {
      const held = view.transfers.find((other) => other.effect === 'hold');
      const rest = held ? held.amount.amountMinor - amount.amountMinor : 0;
      return {
        text: `posts ${sum} to the merchant${charged}${rest > 0 ? `; releases the other ${moneyOf({ ...amount, amountMinor: rest })}` : ''}`,
        tone: 'good',
        says: [said(chargeId, 'ledger', 'charge_posted')],
      };
    }
    case 'release':
      return {
        text: `releases the hold of ${sum}`,
        tone: 'back',
        says: [said(chargeId, 'ledger', 'charge_released')],
        undoes: capture === 'manual' ? 'ledger.charge_authorized' : 'ledger.hold_placed',
      };
    case 'unmatched_capture': {
      const waits = view.transfers.some((other) => other.effect === 'match');
      return {
        text: waits
          ? `puts ${sum} in suspense, until the approval is seen that it belongs to`
          : `puts ${sum} in suspense: captured at the bank, though nothing is held for it`,
        tone: 'trouble',
        ...(!waits && { says: [said(chargeId, 'ledger', 'capture_suspended')] }),
      };
    }
    case 'match':
      return {
        text: `moves ${sum} out of suspense to the merchant${charged}`,
        tone: 'good',
        says: [said(chargeId, 'ledger', 'charge_posted')],
      };
    case 'compensation':
      return {
        text: `takes ${sum} out of suspense again: the bank gave it back`,
        tone: 'back',
        undoes: 'ledger.capture_suspended',
      };
    case 'refund_hold':
      return {
        text: `sets ${sum} of the merchant’s balance aside for ${subject}`,
        tone: 'plain',
        says: [said(subject, 'ledger', 'refund_reserved')],
      };
    case 'refund':
      return {
        text: `posts the refund ${subject}: ${sum} have left the merchant’s balance`,
        tone: 'good',
        says: [said(subject, 'ledger', 'refund_posted')],
      };
    case 'refund_release': {
      const code = view.refunds.find(({ refundId }) => refundId === subject)?.refusalCode;
      return {
        text: `gives ${sum} back to the merchant’s balance: ${subject} was refused${codeIn(code)}`,
        tone: 'back',
        says: [said(subject, 'ledger', 'refund_released')],
        undoes: 'ledger.refund_reserved',
      };
    }
    case 'stray':
      return {
        text: `puts ${sum} in suspense: the bank performed ${subject}, which was not requested`,
        tone: 'trouble',
      };
    case 'stray_undone':
      return { text: `takes ${sum} out of suspense again: ${subject} was undone at the bank`, tone: 'back' };
    default:
      return {
        text: `moves ${sum} from ${transfer.creditAccount} to ${transfer.debitAccount} (${effect})`,
        tone: 'plain',
      };
  }
}
