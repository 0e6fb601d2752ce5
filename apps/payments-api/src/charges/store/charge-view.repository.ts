import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import type { views } from '#contracts';
import type { ChargeEvent } from '../charge/charge.js';
import type { LedgerRefundOutcome } from '../charge/refund.js';
import { ChargeEventEntity } from './charge-event.entity.js';
import { ChargeEntity } from './charge.entity.js';
import { RefundEntity } from './refund.entity.js';
import { keysOfSeveral, sharedWithinADay } from './key-audit.js';

/** A filter may match few charges or none: so many are looked at for a page, and the next page goes on from there. */
const LOOKED_AT_FILTERED = 1_000;
const AUDITED_MAX = 5_000;

export interface ChargeListFilters {
  readonly account?: string | undefined;
  readonly state?: string | undefined;
  readonly awaiting?: boolean | undefined;
  /** Only charges that carry a fault token. */
  readonly faulted?: boolean | undefined;
}

/** Charges and refunds of every account, for operators. */
@Injectable()
export class ChargeViewRepository {
  constructor(
    @InjectRepository(ChargeEntity) private readonly charges: Repository<ChargeEntity>,
    @InjectRepository(ChargeEventEntity) private readonly events: Repository<ChargeEventEntity>,
    @InjectRepository(RefundEntity) private readonly refunds: Repository<RefundEntity>,
  ) {}

  async find(id: string): Promise<views.PaymentsChargeView | undefined> {
    const [charge, events] = await Promise.all([
      this.charges.findOneBy({ id }),
      this.events.find({ where: { chargeId: id }, order: { version: 'ASC' } }),
    ]);
    return charge ? { charge: chargeView(charge), events: events.map(eventView) } : undefined;
  }

  /** The newest first. @param before the id from which the page goes on */
  async list(filters: ChargeListFilters, limit: number, before?: string): Promise<views.ChargeListView> {
    const isFiltered = Object.values(filters).some((value) => value !== undefined);
    const lookedAt = isFiltered ? LOOKED_AT_FILTERED : limit;
    const rows = await this.charges.find({
      where: before === undefined ? {} : { id: LessThan(before) },
      order: { id: 'DESC' },
      take: lookedAt,
    });
    const matching = rows.map(chargeView).filter((charge) => matches(charge, filters));
    const charges = matching.slice(0, limit);
    const last = matching.length > limit ? charges.at(-1) : rows.at(-1);
    return { charges, next: matching.length > limit || rows.length === lookedAt ? (last?.id ?? null) : null };
  }

  /** Of the newest charges, those that share an idempotency key though it was still kept. */
  async auditKeys(): Promise<views.KeyAuditView> {
    const newest = await this.charges.find({
      select: { id: true, account: true, idempotencyKey: true },
      order: { id: 'DESC' },
      take: AUDITED_MAX,
    });
    const several = keysOfSeveral(newest);
    const chargeIds = several.flatMap((charges) => charges.map(({ id }) => id));
    // A test clock moves a charge's own time of creation, but never the time at which its first event was recorded.
    const openings = chargeIds.length === 0 ? [] : await this.events.findBy({ chargeId: In(chargeIds), version: 1 });
    const openedAt = new Map(openings.map(({ chargeId, recordedAt }) => [chargeId, recordedAt]));
    return { charges: newest.length, shared: sharedWithinADay(several, openedAt) };
  }

  async findRefund(id: string): Promise<views.RefundView | undefined> {
    const refund = await this.refunds.findOneBy({ id });
    if (!refund) return undefined;
    const { account, chargeId, state, amountMinor, currency, createdAt } = refund;
    return { id, account, chargeId, state, amount: { amountMinor, currency }, createdAt };
  }
}

function matches(
  charge: views.PaymentsChargeView['charge'],
  { account, state, awaiting, faulted }: ChargeListFilters,
): boolean {
  return (
    (account === undefined || charge.account === account) &&
    (state === undefined || charge.state === state) &&
    (awaiting === undefined || charge.awaiting === awaiting) &&
    (faulted === undefined || (charge.fault !== null) === faulted)
  );
}

function chargeView(charge: ChargeEntity): views.PaymentsChargeView['charge'] {
  const { id, account, state, amountMinor, currency, createdAt, expiresAt, awaiting, idempotencyKey } = charge;
  const { capture = 'automatic', instrument } = charge.opening;
  const { brand, last4 } = instrument.card;
  return {
    id,
    account,
    state,
    amount: { amountMinor, currency },
    capture,
    card: { brand, last4 },
    fault: instrument.fault,
    key: idempotencyKey,
    createdAt,
    expiresAt,
    awaiting,
  };
}

function eventView({ version, recordedAt, type, data }: ChargeEventEntity): views.ChargeEventView {
  const head = { version, recordedAt };
  const event = { type, ...data } as ChargeEvent;
  switch (event.type) {
    case 'opened':
    case 'authorized':
    case 'cancellation_refused':
      return { ...head, type: event.type };
    case 'updated':
      return { ...head, type: event.type, fields: Object.keys(event.changes) };
    case 'capture_requested':
      return { ...head, type: event.type, amount: event.capture.amount, key: event.capture.key };
    case 'cancellation_requested': {
      const refund = event.refund ? { refundId: event.refund.opening.id, key: event.refund.opening.key } : null;
      return { ...head, type: event.type, cause: event.cause, refund };
    }
    case 'refund_requested': {
      const { id, amount, key } = event.opening;
      return { ...head, type: event.type, refundId: id, amount, key };
    }
    case 'refund_updated':
      return { ...head, type: event.type, refundId: event.refundId };
    case 'refund_ended':
      return { ...head, type: event.type, refundId: event.refundId, end: refundEndView(event.end) };
    case 'posted':
      return { ...head, type: event.type, amount: event.amount, fee: event.fee };
    case 'declined':
      return { ...head, type: event.type, code: event.code };
    case 'failed':
      return { ...head, type: event.type, reason: event.reason };
    case 'released': {
      const { cause, holdRefusal, refusalCode } = event;
      return { ...head, type: event.type, cause, holdRefusal, refusalCode };
    }
  }
}

function refundEndView(end: LedgerRefundOutcome): Extract<views.ChargeEventView, { type: 'refund_ended' }>['end'] {
  switch (end.type) {
    case 'posted':
      return { type: end.type };
    case 'released':
      return { type: end.type, code: end.code };
    case 'refused':
      return { type: end.type, reason: end.reason };
  }
}
