import type { views } from '#contracts';
import { keyOfEvent, type PaymentsFacts } from './evidence.js';
import type { TimelineEntry, EventReference } from './timeline-entry.js';
import { codeIn, moneyOf, whyNotRefunded } from './words.js';

/** What the merchant asked, what payments-api heard, and what the merchant was told. */
export function merchantMoments(chargeId: string, view: PaymentsFacts): TimelineEntry[] {
  const own = view.events.map((event, place): TimelineEntry => {
    const before = view.events[place - 1];
    const moment = momentOf(chargeId, view, event);
    return { ...moment, because: [...moment.because, ...(before ? [idOf(before)] : [])] };
  });
  return [...own, ...view.keys.flatMap((key) => answerOf(key, view))];
}

type Part = Pick<TimelineEntry, 'who' | 'text' | 'tone' | 'says'> & { because?: readonly string[] };

const idOf = ({ version }: views.ChargeEventView): string => `payments-api ${version}`;

function momentOf(chargeId: string, view: PaymentsFacts, event: views.ChargeEventView): TimelineEntry {
  const { who, text, tone, says, because } = partOf(chargeId, view, event);
  return {
    id: idOf(event),
    at: event.recordedAt,
    who,
    text,
    tone,
    because: because ?? [],
    ...(says && { says }),
  };
}

function partOf(chargeId: string, view: PaymentsFacts, event: views.ChargeEventView): Part {
  const asks = (text: string, name: string, subject = chargeId): Part => ({
    who: 'merchant',
    text: `${text}${underKey(keyOfEvent(event, view), view.keys)}`,
    tone: 'plain',
    says: [said(subject, 'payments', name)],
  });
  const hears = (text: string, tone: TimelineEntry['tone'], name: string, subject = chargeId): Part => ({
    who: 'payments-api',
    text,
    tone,
    because: [`${subject}.${name}`],
  });
  switch (event.type) {
    case 'opened': {
      const { amount, card, capture } = view.charge;
      const later = capture === 'manual' ? ', to be captured later' : '';
      return asks(`asks for ${moneyOf(amount)} from ${card.brand} •••• ${card.last4}${later}`, 'charge_requested');
    }
    case 'capture_requested':
      return asks(`asks to capture ${moneyOf(event.amount)} of it`, 'capture_requested');
    case 'cancellation_requested':
      return event.refund
        ? asks(`cancels the authorization (${event.refund.refundId})`, 'cancellation_requested')
        : {
            who: 'payments-api',
            text: 'the authorization was not captured in time, so it is voided',
            tone: 'back',
            says: [said(chargeId, 'payments', 'cancellation_requested')],
          };
    case 'refund_requested':
      return asks(`asks to refund ${moneyOf(event.amount)} (${event.refundId})`, 'refund_requested', event.refundId);
    case 'updated':
      return { who: 'merchant', text: `writes ${event.fields.join(', ')} on it`, tone: 'plain' };
    case 'refund_updated':
      return { who: 'merchant', text: `writes metadata on ${event.refundId}`, tone: 'plain' };
    case 'authorized':
      return hears('hears that the money is held: authorized', 'good', 'charge_authorized');
    case 'cancellation_refused':
      return hears('hears that the cancellation came too late', 'trouble', 'cancellation_refused');
    case 'refund_ended':
      return refundEnd(event, hears);
    case 'posted':
      return hears('hears that the money is posted: the charge succeeded', 'good', 'charge_posted');
    case 'declined':
      return hears(`hears that the card was declined: the charge failed`, 'trouble', 'authorization_declined');
    case 'failed':
      return hears('hears that nothing could be authorized: the charge failed', 'trouble', 'authorization_failed');
    case 'released': {
      const canceled = event.cause === 'canceled' || event.cause === 'expired';
      const end = canceled ? `the charge is ${event.cause}` : 'the charge failed';
      return hears(`hears that nothing is held any more: ${end}`, canceled ? 'back' : 'trouble', 'charge_released');
    }
  }
}

function refundEnd(
  { refundId, end }: Extract<views.ChargeEventView, { type: 'refund_ended' }>,
  hears: (text: string, tone: TimelineEntry['tone'], name: string, subject: string) => Part,
): Part {
  switch (end.type) {
    case 'posted':
      return hears(`hears that ${refundId} is done: the refund succeeded`, 'good', 'refund_posted', refundId);
    case 'released':
      return hears(
        `hears that the bank refused ${refundId}${codeIn(end.code)}: the refund failed`,
        'trouble',
        'refund_released',
        refundId,
      );
    case 'refused':
      return hears(
        `hears that ${refundId} was refused, because ${whyNotRefunded(end.reason)}: the refund failed`,
        'trouble',
        'refund_refused',
        refundId,
      );
  }
}

function underKey(key: string | undefined, keys: readonly views.KeyView[]): string {
  if (key === undefined) return '';
  const request = keys.find((each) => each.key === key)?.requestId;
  // A key of our own, for a request that came without one, begins with a space.
  if (key.startsWith(' ')) return ` (${key.trim()}, without a key)`;
  return request ? ` (key ${key}, ${request})` : ` (key ${key})`;
}

/** The answer is stored under its key: a repeat of the request gets the same bytes. */
function answerOf({ key, answer }: views.KeyView, view: PaymentsFacts): TimelineEntry[] {
  if (!answer) return [];
  const { text, isPending } = toldBy(answer);
  const asked = view.events.find((event) => keyOfEvent(event, view) === key);
  // The events known when the answer was stored, by the same database's clock.
  const heard = view.events.filter(({ recordedAt }) => recordedAt <= answer.answeredAt);
  return [
    {
      id: `answer ${key}`,
      at: answer.answeredAt,
      who: 'merchant',
      text: `is told ${answer.status}: ${text}${key.startsWith(' ') ? '' : ` (for good, under key ${key})`}`,
      tone: answer.status < 300 ? (isPending ? 'plain' : 'good') : 'trouble',
      because: [...(asked ? [idOf(asked)] : []), ...heard.map(idOf)],
    },
  ];
}

function toldBy({ body }: { body: string }): { text: string; isPending: boolean } {
  try {
    const { error, object, status, captured } = JSON.parse(body) as {
      error?: { code?: string; decline_code?: string; type: string; message: string };
      object?: string;
      status?: string;
      captured?: boolean;
    };
    if (error) {
      const codes = [...new Set([error.code ?? error.type, error.decline_code].filter(Boolean))].join(', ');
      return { text: `${codes}, “${error.message}”`, isPending: false };
    }
    const yet = object === 'charge' && status === 'succeeded' && captured === false ? ', not captured yet' : '';
    return { text: `the ${object} is “${status}”${yet}`, isPending: status === 'pending' };
  } catch {
    return { text: 'something that cannot be read', isPending: false };
  }
}

export function said(subject: string, producer: string, name: string): EventReference {
  return { id: `${subject}.${name}`, name: `${producer}.${name}` };
}
