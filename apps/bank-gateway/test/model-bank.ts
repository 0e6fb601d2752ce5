import type { BankOrder, Outcome } from '#bank-call';
import type { bankProtocol } from '#contracts';

type Order = Exclude<BankOrder, { kind: 'statement' | 'refund' }>;
type EntryKind = 'authorization' | 'capture' | 'void';
/** How the bank would decide on the merits. */
export type Mood = 'willing' | 'unwilling' | 'busy';

interface Performance {
  bankId: string;
  kind: EntryKind;
  reference: string;
  at: number;
  /** The authorization that a capture or a void acts on. */
  of?: string;
  undoneAt?: number;
}

/** A bank by its profile, as small as it can be: performances, what it remembers, what it has fenced. */
export class ModelBank {
  readonly performances: Performance[] = [];
  readonly #remembered = new Map<string, Outcome<Order>>();
  readonly #fences = new Set<string>();

  constructor(readonly profile: bankProtocol.BankProfile) {}

  receive(order: Order, at: { now: number; validUntil: number; lagMs: number; mood: Mood }): Outcome<Order> {
    switch (order.kind) {
      case 'inquire':
        return this.#inquire(order.reference, at.now - at.lagMs, at.now);
      case 'reverse':
        if (this.#expired(at)) return { kind: 'not_processed', reason: 'validity_expired' };
        return this.#reverse(order, at.now);
      case 'authorize':
      case 'capture':
      case 'void':
        return this.#move(order, at);
    }
  }

  standing(kind: EntryKind): Performance[] {
    return this.performances.filter((performance) => performance.kind === kind && performance.undoneAt === undefined);
  }

  #move(
    order: Extract<Order, { kind: 'authorize' | 'capture' | 'void' }>,
    at: { now: number; validUntil: number; mood: Mood },
  ): Outcome<Order> {
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

  #grants(order: Extract<Order, { kind: 'authorize' | 'capture' | 'void' }>): boolean {
    if (order.kind === 'authorize') return true;
    const stands = this.#find(order.authorizationId)?.undoneAt === undefined;
    if (order.kind === 'capture') return stands;
    return stands && !this.standing('capture').some(({ of }) => of === order.authorizationId);
  }

  #perform(order: Extract<Order, { kind: 'authorize' | 'capture' | 'void' }>, now: number): Outcome<Order> {
    const { kind, reference } = order;
    const entry = ({ authorize: 'authorization', capture: 'capture', void: 'void' } as const)[kind];
    const bankId = `${this.profile.name}_${this.performances.length + 1}`;
    const of = kind === 'authorize' ? {} : { of: order.authorizationId };
    this.performances.push({ bankId, kind: entry, reference, at: now, ...of });
    if (kind === 'void') this.#find(order.authorizationId)!.undoneAt = now;
    const state = ({ authorize: 'approved', capture: 'captured', void: 'voided' } as const)[kind];
    return { kind: 'answered', answer: { state, bankId, asOf: now, now } };
  }

  #no({ kind }: Order, now: number): Outcome<Order> {
    const no =
      kind === 'authorize' ? { state: 'declined', code: 'lost_card' } : { state: 'refused', code: 'refused_by_bank' };
    return { kind: 'answered', answer: { ...no, bankId: 'no', asOf: now, now } } as Outcome<Order>;
  }

  #reverse({ target }: Extract<Order, { kind: 'reverse' }>, now: number): Outcome<Order> {
    const named = 'bankId' in target ? this.#find(target.bankId) : undefined;
    const reference = named?.reference ?? ('reference' in target ? target.reference : '');
    const targets = named ? [named] : this.performances.filter((performance) => performance.reference === reference);
    if (this.profile.fencesUnseen) this.#fences.add(reference);
    const standing = targets.filter(({ undoneAt }) => undoneAt === undefined);
    for (const target of standing) this.undo(target.bankId, now);
    const seen = standing.length > 0 ? 'reversed' : 'already_reversed';
    const unseen = this.profile.fencesUnseen ? 'remembered' : 'unknown';
    const state = targets.length > 0 ? seen : unseen;
    return { kind: 'answered', answer: { state, bankId: 'rv', reversals: [], asOf: now, now } };
  }

  /** With all that stands on it. */
  undo(bankId: string, now: number): void {
    for (const performance of this.performances) {
      const meant = performance.bankId === bankId || (performance.of === bankId && performance.kind === 'capture');
      if (meant) performance.undoneAt ??= now;
    }
  }

  #inquire(reference: string, asOf: number, now: number): Outcome<Order> {
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
    return { kind: 'answered', answer: { ...answer, asOf, now } } as Outcome<Order>;
  }

  #expired({ now, validUntil }: { now: number; validUntil: number }): boolean {
    return this.profile.enforcesValidUntil && now > validUntil;
  }

  #find(bankId: string): Performance | undefined {
    return this.performances.find((performance) => performance.bankId === bankId);
  }
}
