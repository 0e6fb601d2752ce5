import { Injectable } from '@nestjs/common';
import { isolatedTo, type Aim, type Slot } from '#bank-call';
import type { bankProtocol } from '#contracts';
import { BankClients } from '../banks/banks.js';
import type { ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';

/** Isolated: of charges with fault tokens. */
export type LaneKind = 'shared' | 'isolated';

/**
 * The short way from a step to the wire: a step's transaction takes a slot, inserts the operation already `begun`,
 * and hands it over when it has committed. What finds no slot waits in the table, not begun.
 */
@Injectable()
export class Dispatch {
  #perform: ((task: ClaimedOperation) => void) | undefined;
  readonly #turnedAway = { shared: false, isolated: false };

  constructor(private readonly banks: BankClients) {}

  /** Where tasks go. Before it is set, and after it is taken away, operations wait in the table. */
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

  /** An operation waits in the table for a slot. */
  turnAway(traffic: LaneKind): void {
    this.#turnedAway[traffic] = true;
  }

  handOver(task: ClaimedOperation): void {
    if (this.#perform) this.#perform(task);
    else task.slot.release();
  }

  /** True once after an operation had to wait: the caller that has just freed a slot of its kind should read the table. */
  takeTurnedAway(charge: Aim): boolean {
    const traffic = trafficOf(charge);
    const turnedAway = this.#turnedAway[traffic];
    this.#turnedAway[traffic] = false;
    return turnedAway;
  }
}

const trafficOf = (charge: Aim): LaneKind => (isolatedTo(charge) === undefined ? 'shared' : 'isolated');
