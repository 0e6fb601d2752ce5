import { Inject, Injectable } from '@nestjs/common';
import type { PgTransaction } from '#postgres';
import type { Aggregates, Saved, WorkingSet } from '#saga';
import { intentOfSubject, nameOf, type Claim, type KeyRow } from '../../idempotency/key.js';
import { claimKeys, enqueueAnswers, giveBackKeys, readKeys } from '../../idempotency/key.repository.js';
import type { PaymentIntent } from '../../payment-intents/intent/payment-intent.js';
import { requestedEvents } from '../../payment-intents/answers/intent-stripe-events.js';
import { enqueueIntents, lockIntents } from '../../payment-intents/store/payment-intent.repository.js';
import { causeOf } from '../../stripe-events/event-cause.js';
import type { NewStripeEvent } from '../../stripe-events/stripe-event.js';
import { StripeEvents } from '../../stripe-events/stripe-events.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { noCharge, type ChargeRecord } from '../charge/charge-record.js';
import type { ChargeRequest } from './charge-request.js';
import { ChargeRepository } from '../store/charge.repository.js';

/**
 * One statement claims the keys of a batch, one locks the intents that they name, one the charges, one saves the
 * decisions.
 */
@Injectable()
export class ChargeRequestRepository implements Aggregates<PgTransaction, ChargeRequest, Claim> {
  constructor(
    @Inject(ChargeRepository) private readonly charges: ChargeRepository,
    private readonly events: StripeEvents,
    private readonly clocks: AccountClocks,
  ) {}

  async load(tx: PgTransaction, claims: readonly Claim[]): Promise<WorkingSet<ChargeRequest, Claim>> {
    const named = claims.flatMap(({ subject }) => intentOfSubject(subject)?.id ?? []);
    // One round trip for both. The server runs the claims first, so every transaction locks keys before intents.
    const [ours, intents] = await Promise.all([
      claimKeys(tx, claims),
      named.length > 0 ? lockIntents(tx, named) : new Map<string, PaymentIntent>(),
    ]);
    const requests = await takenBefore(
      tx,
      claims.filter((claim) => !ours.has(nameOf(claim))),
    );
    const chargeOf = (claim: Claim): string | null => namedCharge(claim, intents);
    const chargeIds = claims.flatMap((claim) => (ours.has(nameOf(claim)) ? (chargeOf(claim) ?? []) : []));
    const stored =
      chargeIds.length > 0
        ? await this.charges.load(
            tx,
            chargeIds.map((chargeId) => ({ chargeId })),
          )
        : undefined;
    const decided = new Map<string, ChargeRecord>();
    return {
      // Two requests of one batch may name the same charge or intent: the second sees the decision of the first.
      get: (claim) => {
        const request = requests.get(nameOf(claim));
        if (request) return request;
        const chargeId = chargeOf(claim);
        const charge = chargeId === null ? undefined : (decided.get(chargeId) ?? stored?.get({ chargeId }));
        const intent = intents.get(intentOfSubject(claim.subject)?.id ?? '') ?? null;
        return { state: 'claimed', charge: charge ?? noCharge(claim.key), intent };
      },
      set: (claim, request) => {
        requests.set(nameOf(claim), request);
        if (request.state !== 'decided') return;
        const { charge, intent } = request;
        if (charge.charge.state !== 'none') decided.set(charge.charge.opening.id, charge);
        if (intent) intents.set(intent.id, intent);
      },
      contextOf: () => undefined,
    };
  }

  async save(tx: PgTransaction, changed: readonly Saved<ChargeRequest, Claim>[]): Promise<readonly never[]> {
    const withdrawn = changed.filter(({ state }) => state.state === 'withdrawn').map(({ key }) => key);
    if (withdrawn.length > 0) giveBackKeys(tx, withdrawn);
    const answers = changed.flatMap(({ key: { account, key }, state }) =>
      state.state === 'decided' && state.answer ? [{ account, key, answer: state.answer }] : [],
    );
    if (answers.length > 0) enqueueAnswers(tx, answers);
    const intents = changedIntents(changed);
    if (intents.length > 0) {
      enqueueIntents(tx, intents);
      this.events.enqueue(
        tx,
        changed.flatMap((saved) => this.newsOf(saved)),
      );
    }
    const records = changedCharges(changed);
    if (records.length > 0) this.charges.enqueue(tx, records);
    return [];
  }

  private newsOf({ key: claim, state }: Saved<ChargeRequest, Claim>): NewStripeEvent[] {
    if (state.state !== 'decided' || !state.intent) return [];
    const { charge } = state.charge;
    const after = { intent: state.intent, charge: charge.state === 'none' ? null : charge };
    const news = requestedEvents(state.intentBefore, after, this.clocks.now(claim.account));
    return news.map((event) => ({ account: claim.account, ...event, cause: causeOf(claim) }));
  }
}

/** The existing charge that the request is about; null when the request opens one, or names none. */
function namedCharge({ chargeId, subject }: Claim, intents: ReadonlyMap<string, PaymentIntent>): string | null {
  const ofIntent = intentOfSubject(subject);
  if (ofIntent) return intents.get(ofIntent.id)?.latestCharge ?? null;
  return subject === null ? null : chargeId;
}

async function takenBefore(tx: PgTransaction, claims: readonly Claim[]): Promise<Map<string, ChargeRequest>> {
  const rows = claims.length > 0 ? await readKeys(tx, claims) : new Map<string, KeyRow>();
  return new Map(
    claims.map(nameOf).map((name) => {
      const row = rows.get(name);
      // The reaper pruned the key between the two statements: retry the batch.
      if (!row) throw new KeyVanishedError();
      return [name, { state: 'taken', row }];
    }),
  );
}

interface ChangedCharge {
  readonly record: ChargeRecord;
  readonly traceparent: string | undefined;
  readonly requests: readonly Claim[];
}

/** Each changed charge once, after the last request of the batch. */
function changedCharges(changed: readonly Saved<ChargeRequest, Claim>[]): ChangedCharge[] {
  const last = new Map<string, ChangedCharge>();
  for (const { key, state, traceparent } of changed) {
    if (state.state !== 'decided' || state.charge.charge.state === 'none' || state.charge.unsaved.length === 0)
      continue;
    const { id } = state.charge.charge.opening;
    const known = last.get(id);
    const requests = [...(known?.requests ?? []), key];
    const isLater = !known || known.record.version < state.charge.version;
    last.set(id, isLater ? { record: state.charge, traceparent, requests } : { ...known, requests });
  }
  return [...last.values()];
}

/** Each changed intent once, after the last request of the batch. */
function changedIntents(changed: readonly Saved<ChargeRequest, Claim>[]): PaymentIntent[] {
  const last = new Map<string, PaymentIntent>();
  for (const { state } of changed) {
    if (state.state !== 'decided' || !state.intent) continue;
    const known = last.get(state.intent.id);
    if (!known || known.version < state.intent.version) last.set(state.intent.id, state.intent);
  }
  return [...last.values()];
}

/** Transient: a retry claims the key. */
export class KeyVanishedError extends Error {
  readonly code = 'key_vanished';
  override readonly name = 'KeyVanishedError';

  constructor() {
    super('a key was pruned while it was being claimed');
  }
}
