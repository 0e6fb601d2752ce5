import type { Currency } from '#money';
import { bankMoments } from './bank-moments.js';
import { told, type ServiceReply, type WhyJournalRecord, type ChargeFacts } from './evidence.js';
import { ledgerMoments } from './ledger-moments.js';
import { merchantMoments } from './merchant-moments.js';
import { inOrder, type PlacedEntry } from './timeline-entry.js';
import { verdictOf } from './verdict.js';
import { money, moneyOf } from './words.js';

/** One charge's whole story, ready to be shown. */
export interface ChargeTimeline {
  readonly chargeId: string;
  readonly account: string | null;
  /** What was asked, in a line. */
  readonly about: string | null;
  readonly fault: string | null;
  readonly beganAt: number | null;
  readonly moments: readonly PlacedEntry[];
  /** What each of them says of it now. */
  readonly standing: readonly { readonly who: string; readonly text: string }[];
  /** What does not fit together, and needs a person. */
  readonly alarms: readonly string[];
  readonly verdict: string;
}

/** @returns undefined when every service answered, and none knows the charge */
export function storyOf(evidence: ChargeFacts): ChargeTimeline | undefined {
  const { chargeId } = evidence;
  const payments = told(evidence.payments);
  const gateway = told(evidence.gateway);
  const ledger = told(evidence.ledger);
  const journal = told(evidence.banks) ?? [];
  const asked = [evidence.payments, evidence.gateway, evidence.ledger];
  if (asked.every(({ kind }) => kind === 'unknown') && journal.length === 0) return undefined;

  const capture = gateway?.authorization.capture ?? payments?.charge.capture ?? 'automatic';
  const moments = inOrder([
    ...(payments ? merchantMoments(chargeId, payments) : []),
    ...(gateway ? bankMoments(chargeId, gateway, journal) : []),
    ...(ledger ? ledgerMoments(chargeId, ledger, capture) : []),
  ]);
  const terms = payments?.charge ?? gateway?.authorization;
  const card = payments?.charge.card ?? gateway?.authorization.card;
  return {
    chargeId,
    account: terms?.account ?? null,
    about:
      terms && card
        ? `${moneyOf(terms.amount)} from ${card.brand} •••• ${card.last4}, ${
            capture === 'manual' ? 'to be captured by the merchant' : 'to be captured at once'
          }`
        : null,
    fault: payments?.charge.fault ?? gateway?.authorization.fault ?? null,
    beganAt: moments.find(({ shownAt }) => shownAt !== null)?.shownAt ?? null,
    moments,
    standing: [
      { who: 'payments-api', text: wordOf(evidence.payments, ({ charge }) => charge.state) },
      {
        who: 'bank-gateway',
        text: wordOf(evidence.gateway, ({ authorization: { state, bank } }) => (bank ? `${state}, at ${bank}` : state)),
      },
      { who: 'ledger', text: wordOf(evidence.ledger, ({ hold }) => `hold ${hold.state}`) },
      { who: 'the banks’ journals', text: wordOf(evidence.banks, journalText) },
    ],
    alarms: alarmsOf(evidence),
    verdict: verdictOf(evidence),
  };
}

function wordOf<View>(asked: ServiceReply<View>, text: (view: View) => string): string {
  switch (asked.kind) {
    case 'told':
      return text(asked.view);
    case 'unknown':
      return 'has not heard of it';
    case 'away':
      return `could not be asked: ${asked.because}`;
    case 'unreadable':
      return `gave an answer that this command cannot read: ${asked.because}`;
  }
}

type Entry = Extract<WhyJournalRecord, { type: 'entry' }>;
const entriesOf = (journal: readonly WhyJournalRecord[]): Entry[] =>
  journal.flatMap((record) => (record.type === 'entry' ? [record] : []));

/** What has gone again, and by which void or reversal. */
function undone(entries: readonly Entry[]): Map<string, string> {
  return new Map(
    entries.flatMap(({ kind, bankId, of, reverses }): [string, string][] => {
      const gone = kind === 'void' ? of : kind === 'reversal' ? reverses : undefined;
      return gone === undefined ? [] : [[gone, bankId]];
    }),
  );
}

/** What moved money there, as the independent witness has it. */
function journalText(journal: readonly WhyJournalRecord[]): string {
  const entries = entriesOf(journal);
  const gone = undone(entries);
  const taken = new Set(entries.flatMap(({ kind, of }) => (kind === 'capture' && of ? of : [])));
  const told = entries.flatMap(({ kind, bankId, amountMinor, currency }) => {
    // An authorization that was captured says nothing more than its capture, and what undoes is told with what is undone.
    if (kind === 'void' || kind === 'reversal' || (taken.has(bankId) && !gone.has(bankId))) return [];
    const by = gone.get(bankId);
    return [
      `${kind} of ${money(amountMinor, currency as Currency)} ${by ? `undone (${bankId}, by ${by})` : `stands (${bankId})`}`,
    ];
  });
  return told.length > 0 ? told.join('; ') : 'nothing was performed';
}
function alarmsOf(evidence: ChargeFacts): string[] {
  const alarms = [...evidence.unreadable];
  const gateway = told(evidence.gateway);
  const payments = told(evidence.payments);
  const live = gateway?.operations.some(({ phase }) => phase !== 'ended') ?? false;
  for (const { needsAttention, bank, kind } of gateway?.operations ?? [])
    if (needsAttention) alarms.push(`The ${kind} at ${bank} needs attention: it has been in trouble for too long.`);
  for (const { bank, movement, bankId, resolvedAt } of told(evidence.ledger)?.differences ?? [])
    if (resolvedAt === null) alarms.push(`${bank} and the books do not agree yet about ${movement} ${bankId}.`);
  const entries = entriesOf(told(evidence.banks) ?? []);
  const gone = undone(entries);
  const given = entries
    .filter(({ kind, bankId }) => kind === 'refund' && !gone.has(bankId))
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const captures = entries.filter(({ kind, bankId }) => kind === 'capture' && !gone.has(bankId));
  const taken = captures.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const ended = payments && ['failed', 'canceled'].includes(payments.charge.state);
  if (ended && taken > given && !live)
    alarms.push(
      `It is ${payments.charge.state}, and yet ${captures.map(({ bankId }) => bankId).join(', ')} stands in the bank’s journal.`,
    );
  if (captures.length > 1 && !live)
    alarms.push(
      `More than one capture stands in the bank’s journal: ${captures.map(({ bankId }) => bankId).join(', ')}.`,
    );
  if (payments?.charge.state === 'succeeded' && evidence.banks.kind === 'told' && captures.length === 0)
    alarms.push('It succeeded, and yet no capture stands in any bank’s journal.');
  return alarms;
}
