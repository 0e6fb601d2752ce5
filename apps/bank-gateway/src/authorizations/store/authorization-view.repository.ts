import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { views } from '#contracts';
import { AuthorizationEntity } from './authorization.entity.js';
import { OperationEntity } from './operation.entity.js';

/** The authorization of a charge and every attempt at a bank, for operators. */
@Injectable()
export class AuthorizationViewRepository {
  constructor(
    @InjectRepository(AuthorizationEntity) private readonly authorizations: Repository<AuthorizationEntity>,
    @InjectRepository(OperationEntity) private readonly operations: Repository<OperationEntity>,
  ) {}

  async find(chargeId: string): Promise<views.GatewayChargeView | undefined> {
    const [authorization, operations] = await Promise.all([
      this.authorizations.findOneBy({ chargeId }),
      this.operations.find({ where: { chargeId }, order: { createdAt: 'ASC', reference: 'ASC' } }),
    ]);
    if (!authorization) return undefined;
    return {
      authorization: authorizationView(authorization),
      operations: operations.map((operation) => operationView(operation, authorization)),
    };
  }
}

function authorizationView(row: AuthorizationEntity): views.GatewayChargeView['authorization'] {
  const { state, account, amountMinor, currency, capture, fault, bank } = row;
  const { releaseCause, detail, cancellation, createdAt, updatedAt } = row;
  const { brand, last4 } = row.card;
  return {
    state,
    account,
    amount: { amountMinor, currency },
    capture,
    card: { brand, last4 },
    fault,
    bank,
    releaseCause,
    detail,
    cancellation,
    createdAt,
    updatedAt,
  };
}

function operationView(row: OperationEntity, authorization: AuthorizationEntity): views.OperationView {
  const { reference, bank, kind, phase, attempts, inquiries, reversals, doubtSince, needsAttention } = row;
  const { amountMinor, currency } = authorization;
  return {
    reference,
    bank,
    kind,
    phase,
    amount: { amountMinor: row.partMinor ?? amountMinor, currency },
    attempts: attempts.map(({ id, begunAt, outcome, detail, tookMs = null }) => ({
      id,
      begunAt,
      outcome,
      detail,
      tookMs,
    })),
    inquiries,
    reversals,
    doubtSince,
    needsAttention,
    end: row.endKind && { kind: row.endKind, detail: row.endDetail },
    stray: row.stray && { bankId: row.stray.bankId, movement: row.stray.movement },
    createdAt: row.createdAt,
  };
}
