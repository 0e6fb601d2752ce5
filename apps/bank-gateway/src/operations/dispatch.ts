import { Injectable } from '@nestjs/common';
import { isolatedTo, type Aim, type Slot } from '#bank-call';
import type { bankProtocol } from '#contracts';
import { BankClients } from '../banks/banks.js';
import type { ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';

/** `isolated`: charges with fault tokens. */
export type LaneKind = 'shared' | 'isolated';

/** Hands operations from a step's commit to the worker in memory. An operation without a slot waits in the table. */
@Injectable()
export class Dispatch {
  #perform: ((task: ClaimedOperation) => void) | undefined;
  readonly #turnedAway = { shared: false, isolated: false };

  constructor(private readonly banks: BankClients) {}

  /** Sets the receiver. Without one, operations wait in the table. */
  open(perform: (task: ClaimedOperation) => void): void {
    this.#perform = perform;
  }

  close(): void {
    this.#perform = undefined;
  }

  tryReserve(bank: bankProtocol.BankName, charge: Aim): Slot | undefined {
    const { banks } = this;
    const slot = this.#perform && banks.canBegin(bank, charge) ? banks.caller(bank, charge).tryReserve() : undefined;
    if (!slot) this.turnAway(trafficOf(charge));
    return slot;
  }

  /** Notes that an operation of this lane waits in the table for a slot. */
  turnAway(traffic: LaneKind): void {
    this.#turnedAway[traffic] = true;
  }

  handOver(task: ClaimedOperation): void {
    if (this.#perform) this.#perform(task);
    else task.slot.release();
  }

  /** True once after `turnAway`: the caller has freed a slot of this lane and should read the table. */
  takeTurnedAway(charge: Aim): boolean {
    const traffic = trafficOf(charge);
    const turnedAway = this.#turnedAway[traffic];
    this.#turnedAway[traffic] = false;
    return turnedAway;
  }
}

const trafficOf = (charge: Aim): LaneKind => (isolatedTo(charge) === undefined ? 'shared' : 'isolated');
