import type { BankOrder, BankCallResult } from '#bank-call';
import type { bankProtocol } from '#contracts';

type Order = Exclude<BankOrder, { kind: 'statement' }>;
type Move = Extract<Order, { kind: 'authorize' | 'capture' | 'void' | 'refund' }>;
type EntryKind = 'authorization' | 'capture' | 'void' | 'refund';
/** The bank's answer to a first request. `puzzled`: malformed. */
export type BankAttitude = 'willing' | 'unwilling' | 'busy' | 'puzzled';

interface Performance {
  bankId: string;
  kind: EntryKind;
  reference: string;
  at: number;
  amountMinor: number;
  /** The bank id that it acts on: the authorization of a capture or a void, the capture of a refund. */
  of?: string;
  undoneAt?: number;
}

function targetOf(order: Move): string | undefined {
  switch (order.kind) {
    case 'authorize':
      return undefined;
    case 'capture':
    case 'void':
      return order.authorizationId;
    case 'refund':
      return order.captureId;
  }
}

/** A minimal bank by its profile: performances, remembered answers, fences. */
export class ModelBank {
  readonly performances: Performance[] = [];
  readonly #remembered = new Map<string, BankCallResult<Order>>();
  readonly #fences = new Set<string>();

  constructor(readonly profile: bankProtocol.BankProfile) {}

  receive(
    order: Order,
    at: { now: number; validUntil: number; lagMs: number; mood: BankAttitude },
  ): BankCallResult<Order> {
    if (at.mood === 'puzzled') return { kind: 'not_processed', reason: 'malformed' };
    switch (order.kind) {
      case 'inquire':
        return this.#inquire(order.reference, at.now - at.lagMs, at.now);
      case 'reverse':
        if (this.#expired(at)) return { kind: 'not_processed', reason: 'validity_expired' };
        return this.#reverse(order, at.now);
      case 'authorize':
      case 'capture':
      case 'void':
      case 'refund':
        return this.#move(order, at);
    }
  }

  standing(kind: EntryKind): Performance[] {
    return this.performances.filter((performance) => performance.kind === kind && performance.undoneAt === undefined);
  }

  #move(order: Move, at: { now: number; validUntil: number; mood: BankAttitude }): BankCallResult<Order> {
    const { reference } = order;
    if (this.#fences.has(reference)) return this.#no(order, at.now);
    const remembered = this.#remembered.get(reference);
    if (remembered) return remembered;
    if (at.mood === 'busy') return { kind: 'not_processed', reason: 'not_processed' };
    if (this.#expired(at)) return { kind: 'not_processed', reason: 'validity_expired' };
    const answer =
      at.mood === 'willing' && this.#grants(order) ? this.#perform(order, at.now) : this.#no(order, at.now);
    if (this.profile.idempotent) this.#remembered.set(reference, answer);
    return answer;
  }

  #grants(order: Move): boolean {
    if (order.kind === 'authorize') return true;
    const target = this.#find(targetOf(order)!);
    const stands = target !== undefined && target.undoneAt === undefined;
    if (order.kind === 'refund') return stands && target.kind === 'capture';
    if (order.kind === 'capture') return stands;
    return stands && !this.standing('capture').some(({ of }) => of === order.authorizationId);
  }

  #perform(order: Move, now: number): BankCallResult<Order> {
    const { kind, reference } = order;
    const entry = ({ authorize: 'authorization', capture: 'capture', void: 'void', refund: 'refund' } as const)[kind];
    const bankId = `${this.profile.name}_${this.performances.length + 1}`;
    const of = targetOf(order);
    const amountMinor = kind === 'void' ? 0 : order.amountMinor;
    this.performances.push({ bankId, kind: entry, reference, at: now, amountMinor, ...(of !== undefined && { of }) });
    if (kind === 'void') this.#find(of!)!.undoneAt = now;
    const state = ({ authorize: 'approved', capture: 'captured', void: 'voided', refund: 'refunded' } as const)[kind];
    return { kind: 'answered', answer: { state, bankId, asOf: now, now } };
  }

  #no({ kind }: Order, now: number): BankCallResult<Order> {
    const no =
      kind === 'authorize' ? { state: 'declined', code: 'lost_card' } : { state: 'refused', code: 'refused_by_bank' };
    return { kind: 'answered', answer: { ...no, bankId: 'no', asOf: now, now } } as BankCallResult<Order>;
  }

  #reverse({ target }: Extract<Order, { kind: 'reverse' }>, now: number): BankCallResult<Order> {
    const named = 'bankId' in target ? this.#find(target.bankId) : undefined;
    const reference = named?.reference ?? ('reference' in target ? target.reference : '');
    const targets = named ? [named] : this.performances.filter((performance) => performance.reference === reference);
    if (this.profile.fencesUnseen) this.#fences.add(reference);
    const standing = targets.filter(({ undoneAt }) => undoneAt === undefined);
    for (const target of standing) this.undo(target.bankId, now);
    const seen = standing.length > 0 ? 'reversed' : 'already_reversed';
    const unseen = this.profile.fencesUnseen ? 'remembered' : 'unknown';
    const state = targets.length > 0 ? seen : unseen;
    const bankId = `rv_${targets.length > 0 ? targets[0]!.bankId : reference}`;
    return { kind: 'answered', answer: { state, bankId, reversals: [], asOf: now, now } };
  }

  /** Also undoes performances that depend on it. */
  undo(bankId: string, now: number): void {
    for (const performance of this.performances) {
      if (performance.bankId === bankId) performance.undoneAt ??= now;
      else if (performance.of === bankId && performance.kind !== 'void') this.undo(performance.bankId, now);
    }
  }

  #inquire(reference: string, asOf: number, now: number): BankCallResult<Order> {
    const performances = this.performances
      .filter((performance) => performance.reference === reference && performance.at <= asOf)
      .map(({ bankId, kind, at, undoneAt }) => ({
        bankId,
        kind,
        reference,
        at,
        ...(undoneAt !== undefined && undoneAt <= asOf && { undoneBy: 'rv' }),
      }));
    const answer = performances.length > 0 ? { state: 'found', performances } : { state: 'not_found' };
    return { kind: 'answered', answer: { ...answer, asOf, now } } as BankCallResult<Order>;
  }

  #expired({ now, validUntil }: { now: number; validUntil: number }): boolean {
    return this.profile.enforcesValidUntil && now > validUntil;
  }

  #find(bankId: string): Performance | undefined {
    return this.performances.find((performance) => performance.bankId === bankId);
  }
}
