import type { ReleaseCause, views } from '#contracts';
import type { Currency } from '#money';
import type { GatewayFacts, WhyJournalRecord } from './evidence.js';
import { said } from './merchant-moments.js';
import type { TimelineEntry, EventReference } from './timeline-entry.js';
import { codeIn, duration, money, moneyOf, plural, whyInDoubt, whyNotProcessed } from './words.js';

const wish = {
  authorize: 'authorize',
  capture: 'capture',
  void: 'void',
  refund: 'refund',
  reversal: 'reverse',
} as const;
const done = {
  authorize: 'set aside',
  capture: 'captured',
  void: 'given back',
  refund: 'refunded',
  reversal: 'undone',
} as const;

/** What the gateway asked of banks, attempt by attempt, and what came of it. The banks' journals say when. */
export function bankMoments(
  chargeId: string,
  view: GatewayFacts,
  journal: readonly WhyJournalRecord[],
): TimelineEntry[] {
  const { authorization, operations } = view;
  const moments = [
    ...passedOver(chargeId, view),
    ...operations.flatMap((operation, place) =>
      operationMoments(chargeId, view, operation, operations.slice(0, place), journal),
    ),
  ];
  if (operations.length === 0 && authorization.state === 'failed') {
    moments.push({
      id: 'no bank',
      at: authorization.createdAt,
      who: 'bank-gateway',
      text: `finds no bank of ${authorization.card.brand} that can be asked`,
      tone: 'trouble',
      says: [said(chargeId, 'bank', 'authorization_failed')],
      because: [`${chargeId}.charge_requested`, 'passed over'],
    });
  }
  if (authorization.cancellation && authorization.state === 'captured') {
    moments.push({
      id: 'cancellation refused',
      at: null,
      who: 'bank-gateway',
      text: 'refuses the cancellation: the charge was already captured',
      tone: 'trouble',
      says: [said(chargeId, 'bank', 'cancellation_refused')],
      because: [`${chargeId}.cancellation_requested`, `${chargeId}.capture_succeeded`],
    });
  }
  return [...moments, ...uncountedEntries(view, journal)];
}

/** Banks that are preferred for this card and were not asked: routing takes the first whose breaker is not open. */
function passedOver(chargeId: string, { authorization, operations, banks }: GatewayFacts): TimelineEntry[] {
  const { brand } = authorization.card;
  const rank = ({ networks }: (typeof banks)[number]): number => networks.findIndex((network) => network === brand);
  const preferred = banks.filter((bank) => rank(bank) >= 0).sort((a, b) => rank(a) - rank(b));
  const first = preferred.findIndex(({ name }) => name === operations[0]?.bank);
  const names = preferred.slice(0, first < 0 ? preferred.length : first).map(({ name }) => name);
  if (names.length === 0 || (first < 0 && authorization.state !== 'failed')) return [];
  return [
    {
      id: 'passed over',
      at: null,
      who: 'bank-gateway',
      text: `does not ask ${names.join(' or ')}: ${names.length > 1 ? 'their breakers are' : 'its breaker is'} open`,
      tone: 'trouble',
      because: [`${chargeId}.charge_requested`],
    },
  ];
}

function operationMoments(
  chargeId: string,
  view: GatewayFacts,
  operation: views.OperationView,
  earlier: readonly views.OperationView[],
  journal: readonly WhyJournalRecord[],
): TimelineEntry[] {
  const { reference, bank, attempts, inquiries, reversals } = operation;
  const cause = causesOf(chargeId, view, operation, earlier);
  const says = saidBy(chargeId, view, operation);
  const moments: TimelineEntry[] = [];
  const idsOf = (list: readonly TimelineEntry[]): string[] => (list.length > 0 ? list.map(({ id }) => id) : cause);
  const requestAt = (attemptId: string): number | undefined =>
    journal.find((record) => record.type === 'request' && record.attemptId === attemptId)?.at;

  for (const attempt of attempts) {
    const ends = attempt === attempts.at(-1) && endsWith(operation, attempt);
    const at = requestAt(attempt.id);
    moments.push({
      id: attempt.id,
      at: at ?? attempt.begunAt,
      // The gateway knows the bank's clock only as an interval, and keeps its end.
      ...(at === undefined && { atTheLatest: true }),
      who: 'bank-gateway',
      text: attemptText(operation, attempt, journal),
      asks: bank,
      tone: toneOf(operation, attempt),
      because: idsOf(moments.slice(-1)),
      ...(ends && endingOf(operation, says)),
    });
  }
  // A bank may be asked what became of one attempt before another is made.
  const tries = [...moments];
  for (const round of asked('inquiry', inquiries, reference, requestAt)) {
    moments.push({
      id: `${reference} ${round.id}`,
      at: round.at,
      who: 'bank-gateway',
      text: `asks ${bank} for the outcome${round.times}`,
      asks: bank,
      tone: 'plain',
      because: idsOf(round.at === null ? tries.slice(-1) : tries.slice(0, 1)),
    });
  }
  for (const round of asked('reversal', reversals, reference, requestAt)) {
    moments.push({
      id: `${reference} ${round.id}`,
      at: round.at,
      who: 'bank-gateway',
      text: `asks ${bank} to reverse ${reversed(operation)}${round.times}`,
      asks: bank,
      tone: 'back',
      because: idsOf(moments),
    });
  }
  const last = attempts.at(-1);
  const text = last && endsWith(operation, last) ? undefined : endText(operation);
  if (text) {
    moments.push({
      id: `${reference} end`,
      at: null,
      who: operation.end ? bank : 'bank-gateway',
      text,
      tone: endTone(operation),
      because: idsOf(moments),
      ...endingOf(operation, says),
    });
  }
  return moments;
}

/** What the last moment of an operation says, and which effect it takes back. */
function endingOf(
  { kind, end, reference }: views.OperationView,
  says: readonly EventReference[],
): Pick<TimelineEntry, 'says' | 'undoes'> {
  const undoes = {
    authorize: undefined,
    capture: undefined,
    void: 'bank.authorization_approved',
    refund: refundIdOf(reference) ? undefined : 'bank.capture_succeeded',
    reversal: undefined,
  }[kind];
  return { ...(says.length > 0 && { says }), ...(undoes && end?.kind === 'succeeded' && { undoes }) };
}

/** Each round that the journal has seen; all of them in one line when it has not, or when they are many. */
function asked(
  word: 'inquiry' | 'reversal',
  count: number,
  reference: string,
  requestAt: (attemptId: string) => number | undefined,
): { id: string; at: number | null; times: string }[] {
  if (count === 0) return [];
  if (count > 5)
    return [
      { id: `${word} 1`, at: requestAt(`${reference}.${word}.1`) ?? null, times: '' },
      {
        id: `${word} ${count}`,
        at: requestAt(`${reference}.${word}.${count}`) ?? null,
        times: `, again and again: ${count} times in all`,
      },
    ];
  return Array.from({ length: count }, (_, place) => ({
    id: `${word} ${place + 1}`,
    at: requestAt(`${reference}.${word}.${place + 1}`) ?? null,
    times: place === 0 ? '' : ' again',
  }));
}

function causesOf(
  chargeId: string,
  { authorization }: GatewayFacts,
  { kind, reference, stray }: views.OperationView,
  earlier: readonly views.OperationView[],
): string[] {
  switch (kind) {
    case 'authorize': {
      const before = earlier.findLast((other) => other.kind === 'authorize');
      return before ? endOf(before) : [`${chargeId}.charge_requested`, 'passed over'];
    }
    case 'capture':
      return [`${chargeId}.${authorization.capture === 'manual' ? 'capture_requested' : 'hold_placed'}`];
    case 'void':
      return [
        ...voidCauses[authorization.releaseCause ?? 'capture_failed'].map((name) => `${chargeId}.${name}`),
        ...earlier.filter((other) => other.kind === 'capture').flatMap(endOf),
      ];
    case 'refund': {
      const refundId = refundIdOf(reference);
      return [refundId ? `${refundId}.refund_reserved` : `${chargeId}.capture_suspended`];
    }
    case 'reversal':
      return [`entry ${stray?.bankId}`, `difference ${stray?.bankId}`];
  }
}

/** The moment that may end an operation: its last attempt, or an entry of its own. */
const endOf = ({ reference, attempts }: views.OperationView): string[] => [
  `${reference} end`,
  ...attempts.slice(-1).map(({ id }) => id),
];

/** Why the closing slot was taken for a void, beside the end of a capture. A cancellation may have had to wait. */
const voidCauses: Readonly<Record<ReleaseCause, readonly string[]>> = {
  hold_refused: ['hold_refused'],
  capture_failed: [],
  canceled: ['cancellation_requested', 'authorization_approved'],
  expired: ['cancellation_requested', 'authorization_approved'],
};

const refundIdOf = (reference: string): string | undefined => /\.refund\.(re_\w+)$/.exec(reference)?.[1];

/** The events that the end of an operation is told by. */
function saidBy(chargeId: string, { authorization }: GatewayFacts, operation: views.OperationView): EventReference[] {
  const { kind, end, reference, stray } = operation;
  const ended = end?.kind;
  switch (kind) {
    case 'authorize':
      if (ended === 'succeeded') return [said(chargeId, 'bank', 'authorization_approved')];
      if (ended === 'refused') return [said(chargeId, 'bank', 'authorization_declined')];
      return ended && authorization.state === 'failed' && authorization.bank === operation.bank
        ? [said(chargeId, 'bank', 'authorization_failed')]
        : [];
    case 'capture':
      return ended === 'succeeded' ? [said(chargeId, 'bank', 'capture_succeeded')] : [];
    case 'void':
      return ended === 'succeeded' ? [said(chargeId, 'bank', 'authorization_voided')] : [];
    case 'refund': {
      const refundId = refundIdOf(reference);
      if (ended === 'succeeded')
        return [refundId ? said(refundId, 'bank', 'refund_succeeded') : said(chargeId, 'bank', 'capture_compensated')];
      return ended === 'refused' && refundId ? [said(refundId, 'bank', 'refund_failed')] : [];
    }
    case 'reversal':
      return ended === 'succeeded' ? [said(`${chargeId}.${stray?.bankId}`, 'bank', 'stray_reversed')] : [];
  }
}

/** The attempt's own answer is the operation's end; else something else ended it. */
function endsWith({ end, reversals }: views.OperationView, { outcome }: views.AttemptView): boolean {
  if (end === null || reversals > 0) return false;
  if (end.kind === 'succeeded') return outcome === 'performed';
  return end.kind === 'refused' && outcome === 'refused';
}

function attemptText(
  operation: views.OperationView,
  attempt: views.AttemptView,
  journal: readonly WhyJournalRecord[],
): string {
  const { bank, attempts } = operation;
  const again = attempt === attempts[0] ? '' : ' again';
  const struck = journal.find(
    (record) => record.type === 'request' && record.attemptId === attempt.id && record.fault !== undefined,
  );
  const fault =
    struck?.type === 'request' && struck.fault
      ? ` [fault ${struck.fault.name}, by ${struck.fault.by === 'token' ? 'its token' : `rule ${struck.fault.by}`}]`
      : '';
  const took = attempt.tookMs === null ? '' : ` after ${duration(attempt.tookMs)}`;
  return `asks ${bank} to ${wishOf(operation)}${again}: ${outcomeText(operation, attempt, took)}${fault}`;
}

function wishOf({ kind, amount }: views.OperationView): string {
  return kind === 'void' ? 'void the authorization' : `${wish[kind]} ${moneyOf(amount)}`;
}

function outcomeText({ kind, end }: views.OperationView, { outcome, detail }: views.AttemptView, took: string): string {
  switch (outcome) {
    case 'performed':
      return `${kind === 'authorize' ? 'approved' : done[kind]}${took}${end?.detail ? `, as ${end.detail}` : ''}`;
    case 'refused':
      if (detail === 'malformed') return `not a request that a bank of this protocol can read${took}`;
      return `${kind === 'authorize' ? 'declined' : 'refused'}${codeIn(detail)}${took}`;
    case 'doubt':
      return `${whyInDoubt(detail)}${took}. It may have happened: in doubt`;
    case 'not_processed':
      return whyNotProcessed(detail, took);
    case 'not_found':
      return `no answer${took}. It was in doubt, until the bank said that it had never arrived, and never would`;
    case 'begun':
      return 'it may be on its way at this moment';
  }
}

function toneOf({ kind }: views.OperationView, { outcome }: views.AttemptView): TimelineEntry['tone'] {
  if (outcome === 'performed') return kind === 'authorize' || kind === 'capture' ? 'good' : 'back';
  return 'trouble';
}

const endTone = ({ kind, end }: views.OperationView): TimelineEntry['tone'] => {
  if (end === null) return 'trouble';
  if (end.kind !== 'succeeded') return 'back';
  return kind === 'authorize' || kind === 'capture' ? 'good' : 'back';
};

const reversed = ({ kind, stray }: views.OperationView): string => {
  if (kind === 'reversal') return `${stray?.movement} ${stray?.bankId}, which was not requested`;
  return kind === 'void' ? 'the authorization instead' : 'the authorization, whatever became of it';
};

function endText(operation: views.OperationView): string | undefined {
  const { kind, bank, amount, end, attempts, phase, needsAttention, doubtSince, inquiries } = operation;
  const detail = end?.detail;
  switch (end?.kind) {
    case 'succeeded':
      if (kind === 'reversal') return `undoes it, as ${detail}`;
      if (kind === 'void') return `gives the authorization back, as ${detail}`;
      return `says that ${moneyOf(amount)} ${kind === 'refund' ? 'were refunded' : kind === 'capture' ? 'were captured' : 'are set aside'}, as ${detail}: out of doubt`;
    case 'refused':
      return `refuses${codeIn(detail)}: out of doubt`;
    case 'not_performed':
      if (detail === 'reversed_out_of_doubt')
        return 'acknowledges the reversal: nothing is set aside there, and nothing will be';
      if (kind === 'capture') return 'has not captured, and will not: a cancellation took its place';
      return `will not be asked any more: nothing happened in ${plural(attempts.length, 'attempt')}`;
    case undefined: {
      if (needsAttention) return `still asks ${bank}, and a person should look: it has taken too long`;
      if (phase === 'reversing') return `waits for ${bank} to acknowledge the reversal`;
      if (doubtSince !== null)
        return `waits to ${inquiries > 0 ? 'ask again' : `ask ${bank}`} for the outcome: still in doubt`;
      return attempts.length === 0 ? `waits until ${bank} can be asked to ${wish[kind]}` : undefined;
    }
  }
}

/** What a bank wrote down and no operation counts as its own: second performances, late arrivals, and their ends. */
function uncountedEntries({ operations }: GatewayFacts, journal: readonly WhyJournalRecord[]): TimelineEntry[] {
  const counted = new Set(operations.flatMap(({ end }) => (end?.kind === 'succeeded' ? end.detail : [])));
  const entries = journal.flatMap((record) => (record.type === 'entry' ? [record] : []));
  return entries
    .filter(({ bankId }) => !counted.has(bankId))
    .map((entry): TimelineEntry => {
      const { bank, bankId, kind, amountMinor, currency, reverses, attemptId, reference, at } = entry;
      const sum = money(amountMinor, currency as Currency);
      const twice = entries.some(
        (other) => other.reference === reference && other.kind === kind && other.seq < entry.seq,
      );
      const text =
        kind === 'reversal'
          ? `takes ${reverses} back (${bankId})`
          : `writes down ${twice ? 'a second ' : kind === 'authorization' ? 'an ' : 'a '}${kind} of ${sum} (${bankId})${twice ? ', which was not requested' : ''}`;
      return {
        id: `entry ${bankId}`,
        at,
        who: bank,
        text,
        tone: kind === 'reversal' ? 'back' : 'trouble',
        because: [
          kind === 'reversal' ? `entry ${reverses}` : (attemptId ?? ''),
          ...(kind === 'reversal' ? [reference] : []),
        ],
      };
    });
}
