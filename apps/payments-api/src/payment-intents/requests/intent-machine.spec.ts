import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { usd } from '#money';
import { faultsOfObject } from '#testing';
import { noCharge, recordEvent, type ChargeRecord } from '../../charges/charge/charge-record.js';
import type { ChargeEvent, OpenedCharge } from '../../charges/charge/charge.js';
import { pendingCancellation, pendingCapture } from '../../charges/charge/pending.js';
import { anInstrument, testNow } from '../../charges/charge/testing/a-charge.js';
import type { DecideIntent } from '../../charges/requests/charge-request.js';
import { parseForm } from '../../protocol/parameters.js';
import { readParameters } from '../../protocol/read-parameters.js';
import { StripeError } from '../../protocol/stripe-error.js';
import { intentObject } from '../answers/intent-object.js';
import type { PaymentIntent } from '../intent/payment-intent.js';
import {
  confirmParameters,
  intentCancelParameters,
  intentCaptureParameters,
  intentUpdateParameters,
  newIntentParameters,
} from '../parameters/intent-parameters.js';
import {
  amountCapturableMinor,
  amountReceivedMinor,
  nextPaymentMethod,
  statusOf,
  type ChargedIntent,
  type IntentStatus,
} from '../state/intent-status.js';
import { cancelIntent } from './cancel-intent.js';
import { captureIntent } from './capture-intent.js';
import { completeAuthentication } from './complete-authentication.js';
import { confirmIntent } from './confirm-intent.js';
import { confirmationOf } from './confirmation.js';
import { newIntent } from './new-intent.js';
import { updateIntent } from './update-intent.js';

const id = 'pi_00000000001';
const account = 'acct_test';

const cards = {
  good: 'pm_card_visa',
  declines: 'pm_card_visa_chargeDeclined',
  asks: 'pm_card_threeDSecure2Required',
} as const;
type Card = keyof typeof cards;

/** One request about the intent, or one outcome of a service. */
type Move =
  | { readonly kind: 'update_card'; readonly card: Card }
  | { readonly kind: 'confirm'; readonly card: Card | null }
  | { readonly kind: 'update_amount'; readonly amountMinor: number }
  | { readonly kind: 'capture'; readonly amountMinor: number | null }
  | { readonly kind: 'authenticate'; readonly outcome: 'succeeded' | 'failed' }
  | { readonly kind: 'cancel' | 'settle' | 'lapse' };

type Outcome = 'done' | 'refused' | 'busy' | 'nothing';

/** Stripe's state machine of a card payment, after "How PaymentIntents and SetupIntents work". */
interface Model {
  readonly status: IntentStatus;
  readonly isManual: boolean;
  readonly isByHand: boolean;
  readonly amountMinor: number;
  readonly card: Card | null;
  readonly hasAuthenticated: boolean;
  /** What the services still owe. */
  readonly underWay: 'charge' | 'capture' | 'cancellation' | null;
  readonly capturingMinor: number;
  readonly receivedMinor: number;
  readonly charges: number;
}

const beforePayment: readonly IntentStatus[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

function expected(model: Model, move: Move): [Outcome, Model] {
  const { status, underWay } = model;
  const isOpen = beforePayment.includes(status);
  const paying = (changes: Partial<Model>): [Outcome, Model] => [
    'done',
    { ...model, ...changes, status: 'processing', underWay: 'charge', charges: model.charges + 1 },
  ];
  switch (move.kind) {
    case 'update_card':
      if (!isOpen) return ['refused', model];
      return ['done', { ...model, card: move.card, hasAuthenticated: false, status: 'requires_confirmation' }];
    case 'update_amount': {
      if (!isOpen) return ['refused', model];
      const next = model.card ? 'requires_confirmation' : 'requires_payment_method';
      return ['done', { ...model, amountMinor: move.amountMinor, hasAuthenticated: false, status: next }];
    }
    case 'confirm': {
      if (status === 'processing') return ['busy', model];
      const card = move.card ?? model.card;
      if (!isOpen || card === null) return ['refused', model];
      const isAsked = card === 'asks' && !(model.hasAuthenticated && move.card === null);
      return isAsked
        ? ['done', { ...model, card, hasAuthenticated: false, status: 'requires_action' }]
        : paying({ card });
    }
    case 'authenticate':
      if (status !== 'requires_action') return ['refused', model];
      if (move.outcome === 'failed') return ['done', { ...model, card: null, status: 'requires_payment_method' }];
      if (model.isByHand) return ['done', { ...model, hasAuthenticated: true, status: 'requires_confirmation' }];
      return paying({});
    case 'capture': {
      if (status === 'processing' || underWay === 'cancellation') return ['busy', model];
      const amountMinor = move.amountMinor ?? model.amountMinor;
      if (status !== 'requires_capture' || amountMinor > model.amountMinor) return ['refused', model];
      return ['done', { ...model, status: 'processing', underWay: 'capture', capturingMinor: amountMinor }];
    }
    case 'cancel':
      if (status === 'processing' || underWay === 'cancellation') return ['busy', model];
      if (status === 'requires_capture') return ['done', { ...model, underWay: 'cancellation' }];
      return isOpen ? ['done', { ...model, status: 'canceled' }] : ['refused', model];
    case 'lapse':
      if (status !== 'requires_capture' || underWay) return ['nothing', model];
      return ['done', { ...model, status: 'canceled' }];
    case 'settle': {
      const at = { ...model, underWay: null };
      if (underWay === null) return ['nothing', model];
      if (underWay === 'cancellation') return ['done', { ...at, status: 'canceled' }];
      if (underWay === 'capture') return ['done', { ...at, status: 'succeeded', receivedMinor: model.capturingMinor }];
      if (model.card === 'declines')
        return ['done', { ...at, card: null, hasAuthenticated: false, status: 'requires_payment_method' }];
      if (model.isManual) return ['done', { ...at, status: 'requires_capture' }];
      return ['done', { ...at, status: 'succeeded', receivedMinor: model.amountMinor }];
    }
  }
}

/** The intent and its charges as they are stored, changed by the decisions of the service. */
class StoredIntent {
  readonly charges = new Map<string, OpenedCharge>();
  private record: ChargeRecord = noCharge('k');
  private moves = 0;

  constructor(private intent: PaymentIntent) {}

  get charged(): ChargedIntent {
    const { charge } = this.record;
    return { intent: this.intent, charge: charge.state === 'none' ? null : charge };
  }

  apply(move: Move): Outcome {
    this.moves += 1;
    const chargeId = `ch_${String(this.moves).padStart(11, '0')}`;
    const claim = { account, key: `k${this.moves}`, chargeId: this.intent.latestCharge, expand: [] };
    switch (move.kind) {
      case 'update_card':
      case 'update_amount':
        return this.update(move);
      case 'confirm': {
        const given = readParameters(confirmParameters, parseForm(''));
        const paymentMethod = move.card ? methodOf(move.card) : undefined;
        const identity = { intentId: id, account, chargeId, paymentMethod, changes: () => ({}) };
        return this.decide(confirmIntent(confirmationOf(identity, given, 'http://localhost:3000')));
      }
      case 'authenticate': {
        const { outcome } = move;
        return this.decide(completeAuthentication({ intentId: id, account, chargeId, outcome, expand: [] }));
      }
      case 'capture': {
        const form = move.amountMinor === null ? '' : `amount_to_capture=${move.amountMinor}`;
        return this.decide(captureIntent(claim, id, readParameters(intentCaptureParameters, parseForm(form))));
      }
      case 'cancel': {
        const given = readParameters(intentCancelParameters, parseForm(''));
        return this.decide(cancelIntent(claim, id, `re_${this.moves}`, given));
      }
      case 'lapse':
        return this.lapse();
      case 'settle':
        return this.settle();
    }
  }

  private update(move: Extract<Move, { kind: 'update_card' | 'update_amount' }>): Outcome {
    const form = move.kind === 'update_amount' ? `amount=${move.amountMinor}` : `payment_method=${cards[move.card]}`;
    const given = readParameters(intentUpdateParameters, parseForm(form));
    const method = move.kind === 'update_card' ? methodOf(move.card) : undefined;
    return outcomeOf(() => {
      this.intent = updateIntent(this.charged, given, method, testNow);
    });
  }

  private decide(decide: DecideIntent): Outcome {
    return outcomeOf(() => {
      const decision = decide(this.record.charge, testNow, this.intent);
      if (decision.answer && decision.answer.status >= 400) throw new Refusal(decision.answer.body);
      const opens = decision.events[0]?.type === 'opened';
      this.record = decision.events.reduce(recordEvent, opens ? noCharge('k') : this.record);
      this.intent = decision.intent ?? this.intent;
      this.keep();
    });
  }

  private lapse(): Outcome {
    const { charge } = this.charged;
    if (charge?.state !== 'authorized' || pendingCapture(charge) || pendingCancellation(charge)) return 'nothing';
    this.record = [
      { type: 'cancellation_requested', cause: 'expired', refund: null } as const,
      released('expired'),
    ].reduce(recordEvent, this.record);
    this.keep();
    return 'done';
  }

  private settle(): Outcome {
    const { charge } = this.charged;
    if (!charge) return 'nothing';
    const event = owedTo(charge);
    if (!event) return 'nothing';
    this.record = recordEvent(this.record, event);
    this.keep();
    return 'done';
  }

  private keep(): void {
    const { charge } = this.charged;
    if (charge) this.charges.set(charge.opening.id, charge);
  }
}

class Refusal extends Error {}

function outcomeOf(work: () => void): Outcome {
  try {
    work();
    return 'done';
  } catch (error) {
    if (error instanceof Refusal) return 'refused';
    if (error instanceof StripeError) return error.httpStatus === 429 ? 'busy' : 'refused';
    throw error;
  }
}

const released = (cause: 'canceled' | 'expired') =>
  ({ type: 'released', cause, holdRefusal: null, refusalCode: null }) as const;

const posted = (amountMinor: number) =>
  ({
    type: 'posted',
    amount: usd(amountMinor),
    fee: usd(30),
    availableOn: testNow,
    postedAt: testNow,
    balanceTransactionId: 'txn_1',
  }) as const;

/** What the other services report next about a charge. */
function owedTo(charge: OpenedCharge): ChargeEvent | undefined {
  const { opening, state } = charge;
  if (state === 'requested') {
    const { behavior } = opening.instrument.card;
    if (behavior !== 'approve') return { type: 'declined', code: behavior };
    return opening.capture === 'manual' ? { type: 'authorized', at: testNow } : posted(opening.amount.amountMinor);
  }
  const capture = pendingCapture(charge);
  if (capture) return posted(capture.amount.amountMinor);
  return pendingCancellation(charge) ? released('canceled') : undefined;
}

const methodOf = (card: Card) => ({
  id: `pm_${card}`,
  createdAt: testNow,
  instrument: anInstrument(cards[card]),
});

const isLive = ({ state }: OpenedCharge): boolean =>
  state === 'requested' || state === 'authorized' || state === 'succeeded';

const card = fc.constantFrom<Card>('good', 'declines', 'asks');
const moves: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ kind: fc.constant('update_card' as const), card }),
  fc.record({ kind: fc.constant('confirm' as const), card: fc.option(card) }),
  fc.record({ kind: fc.constant('update_amount' as const), amountMinor: fc.constantFrom(500, 1000, 2000) }),
  fc.record({ kind: fc.constant('capture' as const), amountMinor: fc.option(fc.constantFrom(100, 500, 5000)) }),
  fc.record({
    kind: fc.constant('authenticate' as const),
    outcome: fc.constantFrom('succeeded' as const, 'failed' as const),
  }),
  fc.record({ kind: fc.constantFrom('cancel' as const, 'lapse' as const) }),
  { weight: 4, arbitrary: fc.constant({ kind: 'settle' as const }) },
);

describe('a payment intent', () => {
  it('goes through the states of Stripe’s state machine, whatever is asked of it in which order', () => {
    const reached = new Set<IntentStatus>();
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.array(moves, { maxLength: 25 }), (isManual, isByHand, sequence) => {
        const terms = `amount=1000&currency=usd&payment_method_types[]=card${isManual ? '&capture_method=manual' : ''}`;
        const form = `${terms}${isByHand ? '&confirmation_method=manual' : ''}`;
        const given = readParameters(newIntentParameters, parseForm(form));
        const identity = { id, account, clientSecret: `${id}_secret_x` };
        const stored = new StoredIntent(newIntent(identity, given, undefined, testNow));
        let model: Model = {
          status: 'requires_payment_method',
          isManual,
          isByHand,
          amountMinor: 1000,
          card: null,
          hasAuthenticated: false,
          underWay: null,
          capturingMinor: 0,
          receivedMinor: 0,
          charges: 0,
        };
        for (const move of sequence) {
          const [outcome, after] = expected(model, move);
          model = after;
          const now = { outcome: stored.apply(move), ...shown(stored) };
          expect(now).toEqual({
            outcome,
            status: model.status,
            receivedMinor: model.receivedMinor,
            capturableMinor: model.status === 'requires_capture' ? model.amountMinor : 0,
            hasMethod: model.card !== null,
            charges: model.charges,
            faults: [],
          });
          expect([...stored.charges.values()].filter(isLive).length).toBeLessThanOrEqual(1);
          reached.add(model.status);
        }
      }),
      { numRuns: 400 },
    );
    expect(reached.size).toBe(7);
  });
});

function shown({ charged, charges }: StoredIntent): object {
  return {
    status: statusOf(charged),
    receivedMinor: amountReceivedMinor(charged),
    capturableMinor: amountCapturableMinor(charged),
    hasMethod: nextPaymentMethod(charged) !== null,
    charges: charges.size,
    faults: faultsOfObject(intentObject(charged, ['latest_charge', 'payment_method'], testNow)),
  };
}
