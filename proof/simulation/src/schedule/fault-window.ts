import type { bankProtocol } from '#contracts';
import type { Random } from '#virtual-time';
import type { MoneyOperation } from '../operations/operation.js';
import { bankOfSource } from './source.js';

/** A time for a fault, and the bank and operation that are in use then. */
export interface FaultWindow {
  readonly atMs: number;
  readonly bank: bankProtocol.BankName;
  readonly movement: MovementKind;
}

export type MovementKind = 'authorize' | 'capture' | 'void' | 'refund';

/** Mostly a time at which an operation begins or is in progress. */
export function momentOf(random: Random, operations: readonly MoneyOperation[], busyMs: number): FaultWindow {
  const near = random.pick(operations);
  const first = firstOf(near, operations);
  const bank = bankOfSource(first?.kind === 'create' ? first.source : '');
  const atMs = random.chance(0.2)
    ? random.between(0, busyMs)
    : near.atMs + (random.chance(0.6) ? random.between(0, 30) : random.between(0, 4_000));
  return { atMs, bank, movement: movementOf(random, near, operations) };
}

/** The operation that creates its charge. */
function firstOf(operation: MoneyOperation, operations: readonly MoneyOperation[]): MoneyOperation | undefined {
  if (operation.kind === 'create') return operation;
  const id = operation.kind === 'repeat' ? operation.of : operation.charge;
  const about = operations.find((other) => other.kind !== 'repeat' && other.id === id);
  return about && firstOf(about, operations);
}

function movementOf(random: Random, operation: MoneyOperation, operations: readonly MoneyOperation[]): MovementKind {
  switch (operation.kind) {
    case 'create':
      return operation.capture && random.chance(0.4) ? 'capture' : 'authorize';
    case 'capture':
      return 'capture';
    case 'refund': {
      const charge = firstOf(operation, operations);
      return charge?.kind === 'create' && !charge.capture && random.chance(0.7) ? 'void' : 'refund';
    }
    case 'repeat':
      return random.pick(['authorize', 'capture', 'void', 'refund'] as const);
  }
}
