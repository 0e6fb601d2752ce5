import type { KeyView, PaymentsView, StreamEvent } from './evidence.js';
import type { TimelineEntry, EventReference } from './timeline-entry.js';
import { codeIn, money, moneyOf, whyNotRefunded } from './words.js';

/** What the merchant asked, what payments-api heard, and what the merchant was told. */
export function merchantMoments(chargeId: string, { charge, events, keys }: PaymentsView): TimelineEntry[] {
  const own = events.map((event, place): TimelineEntry => {
    const before = events[place - 1];
    const moment = momentOf(chargeId, charge, event, keys);
    return { ...moment, because: [...moment.because, ...(before ? [idOf(before)] : [])] };
  });
  return [...own, ...keys.flatMap((key) => answerOf(key, events, charge))];
}

type Part = Pick<TimelineEntry, 'who' | 'text' | 'tone' | 'says'> & { because?: readonly string[] };

const idOf = ({ version }: Pick<StreamEvent, 'version'>): string => `payments-api ${version}`;

function momentOf(
  chargeId: string,
  charge: PaymentsView['charge'],
  event: StreamEvent,
  keys: readonly KeyView[],
): TimelineEntry {
  const { who, text, tone, says, because } = partOf(chargeId, charge, event, keys);
  return {
    id: idOf(event),
    at: event.recorded_at,
    who,
    text,
    tone,
    because: because ?? [],
    ...(says && { says }),
  };
}

function partOf(
  chargeId: string,
  charge: PaymentsView['charge'],
  { type, data }: StreamEvent,
  keys: readonly KeyView[],
): Part {
  const { card } = charge.opening.instrument;
  const asks = (text: string, key: string | undefined, name: string, subject = chargeId): Part => ({
    who: 'merchant',
    text: `${text}${underKey(key, keys)}`,
    tone: 'plain',
    says: [said(subject, 'payments', name)],
  });
  const hears = (text: string, tone: TimelineEntry['tone'], event: string, subject = chargeId): Part => ({
    who: 'payments-api',
    text,
    tone,
    because: [`${subject}.${event}`],
  });
  switch (type) {
    case 'opened': {
      const sum = money(charge.amount_minor, charge.currency);
      const later = charge.opening.capture === 'manual' ? ', to be captured later' : '';
      const text = `asks for ${sum} from ${card.brand} •••• ${card.last4}${later}`;
      return asks(text, charge.idempotency_key, 'charge_requested');
    }
    case 'capture_requested':
      return asks(`asks to capture ${moneyOf(data.capture!.amount)} of it`, data.capture!.key, 'capture_requested');
    case 'cancellation_requested': {
      if (data.cause === 'expired')
        return {
          who: 'payments-api',
          text: 'time is up: nobody captured it, so it is to be given back',
          tone: 'back',
          says: [said(chargeId, 'payments', 'cancellation_requested')],
        };
      const asked = data.refund?.opening;
      return asks(`gives the authorization up (${asked?.id})`, asked?.key, 'cancellation_requested');
    }
    case 'refund_requested': {
      const { id, amount, key } = data.opening!;
      return asks(`asks to refund ${moneyOf(amount)} (${id})`, key, 'refund_requested', id);
    }
    case 'updated':
      return { who: 'merchant', text: `writes ${Object.keys(data.changes ?? {}).join(', ')} on it`, tone: 'plain' };
    case 'refund_updated':
      return { who: 'merchant', text: `writes metadata on ${data.refundId}`, tone: 'plain' };
    case 'authorized':
      return hears('hears that the money is held: authorized', 'good', 'charge_authorized');
    case 'cancellation_refused':
      return hears('hears that the cancellation came too late', 'trouble', 'cancellation_refused');
    case 'refund_ended':
      return refundEnd(data, hears);
    case 'posted':
      return hears('hears that the money is posted: the charge succeeded', 'good', 'charge_posted');
    case 'declined':
      return hears(`hears that the card was declined: the charge failed`, 'trouble', 'authorization_declined');
    case 'failed':
      return hears('hears that nothing could be authorized: the charge failed', 'trouble', 'authorization_failed');
    case 'released': {
      const canceled = data.cause === 'canceled' || data.cause === 'expired';
      const end = canceled ? `the charge is ${data.cause}` : 'the charge failed';
      return hears(`hears that nothing is held any more: ${end}`, canceled ? 'back' : 'trouble', 'charge_released');
    }
    default:
      return { who: 'payments-api', text: `records ${type}`, tone: 'plain' };
  }
}

function refundEnd(
  { refundId = '', end }: StreamEvent['data'],
  hears: (text: string, tone: TimelineEntry['tone'], event: string, subject?: string) => Part,
): Part {
  switch (end?.type) {
    case 'posted':
      return hears(`hears that ${refundId} is done: the refund succeeded`, 'good', 'refund_posted', refundId);
    case 'released':
      return hears(
        `hears that the bank refused ${refundId}${codeIn(end.code)}: the refund failed`,
        'trouble',
        'refund_released',
        refundId,
      );
    case undefined:
    default:
      return hears(
        `hears that ${refundId} was refused, because ${whyNotRefunded(end?.reason)}: the refund failed`,
        'trouble',
        'refund_refused',
        refundId,
      );
  }
}

function underKey(key: string | undefined, keys: readonly KeyView[]): string {
  if (key === undefined) return '';
  const request = keys.find((each) => each.key === key)?.requestId;
  // A key of our own, for a request that came without one, begins with a space.
  if (key.startsWith(' ')) return ` (${key.trim()}, without a key)`;
  return request ? ` (key ${key}, ${request})` : ` (key ${key})`;
}

/** The answer stands under its key for good: whoever repeats the request gets it again to the byte. */
function answerOf(key: KeyView, events: readonly StreamEvent[], charge: PaymentsView['charge']): TimelineEntry[] {
  const { answer, answeredAt = null } = key;
  if (!answer) return [];
  const { text, isPending } = toldBy(answer);
  const asked = events.find((event) => keyOf(event, charge) === key.key);
  // What was known when it was stored, by the same database's clock; without a time, what it tells of.
  const heard =
    answeredAt === null && !isPending ? events : events.filter((event) => event.recorded_at <= (answeredAt ?? 0));
  return [
    {
      id: `answer ${key.key}`,
      at: answeredAt,
      who: 'merchant',
      text: `is told ${answer.status}: ${text}${key.key.startsWith(' ') ? '' : ` (for good, under key ${key.key})`}`,
      tone: answer.status < 300 ? (isPending ? 'plain' : 'good') : 'trouble',
      because: [...(asked ? [idOf(asked)] : []), ...heard.map(idOf)],
    },
  ];
}

function keyOf({ type, data }: StreamEvent, charge: PaymentsView['charge']): string | undefined {
  if (type === 'opened') return charge.idempotency_key;
  return data.capture?.key ?? data.refund?.opening.key ?? data.opening?.key;
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
