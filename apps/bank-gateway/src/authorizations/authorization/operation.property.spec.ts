import assert from 'node:assert/strict';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ModelGateway, type ModelConditions } from '../../../test/model-gateway.js';
import { authorizations } from './authorization.js';
import { liveOperations } from './authorization-state.js';

/** Every charge ends within this time after the last fault. */
const settledWithinMs = 60_000;

interface Run {
  gateway: ModelGateway;
  settledInMs: number;
  /** The strays before reconciliation. */
  found: ReturnType<typeof strays>;
}

/** Runs a race by the given choices, then without faults; messages in flight arrive as late as possible. */
function run(world: ModelConditions, choices: readonly number[]): Run {
  const stream = choices.values();
  const choose = (n: number): number => (stream.next().value ?? 0) % n;
  const gateway = new ModelGateway(world, choose);
  for (let step = 0; step < choices.length / 2; step++) {
    const moves = gateway.moves();
    moves[choose(moves.length)]!();
    checkAlways(gateway);
  }
  gateway.liftFaults();
  const zombies = gateway.messages.filter(
    (message) => !gateway.workers.some(({ hand }) => hand.at === 'waiting' && hand.message === message),
  );
  const liftedAt = gateway.now;
  const settle = (): void => {
    for (let steps = 0; gateway.settle(); steps++) {
      assert(steps < 500, 'a healthy system does not go on for ever');
      checkAlways(gateway);
    }
  };
  settle();
  const settledInMs = gateway.now - liftedAt;
  for (const message of zombies) {
    if (gateway.messages.includes(message)) gateway.deliver(message, 'willing', { lost: true, keep: false });
    checkAlways(gateway);
  }
  const found = strays(gateway);
  for (let rounds = 0; gateway.compare(); rounds++) {
    assert(rounds < 50, 'every difference is found once');
    settle();
  }
  return { gateway, settledInMs, found };
}

/** At no time has an idempotent bank performed a reference twice. */
function checkAlways({ banks }: ModelGateway): void {
  for (const bank of banks.values()) {
    if (!bank.profile.idempotent) continue;
    assert(bank.standing('authorization').length <= 1, `${bank.profile.name} holds two authorizations`);
    assert(bank.standing('capture').length <= 1, `${bank.profile.name} holds two captures`);
    const refunds = bank.standing('refund');
    const references = new Set(refunds.map(({ reference }) => reference));
    assert.equal(references.size, refunds.length, `${bank.profile.name} gave back twice`);
    const captured = bank.standing('capture')[0]?.amountMinor ?? 0;
    const given = refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    assert(given <= captured, `${bank.profile.name} gave back more than was captured`);
  }
}

/** Rule 11: standing performances of ended operations, except the recorded one of each. */
function strays({ authorization, banks }: ModelGateway): { bank: string; bankId: string; kind: string }[] {
  assert(authorization.state !== 'none');
  return authorization.operations.flatMap(({ reference, bank, end }) => {
    assert(end, `${reference} has ended`);
    const recorded = end.kind === 'succeeded' ? end.bankId : undefined;
    return banks
      .get(bank)!
      .performances.filter((performance) => performance.reference === reference && performance.kind !== 'void')
      .filter(({ undoneAt, bankId }) => undoneAt === undefined && bankId !== recorded)
      .map(({ bankId, kind }) => ({ bank, bankId, kind }));
  });
}

/** The performances that stand at all banks are exactly those that the authorization recorded. */
function checkBooks({ authorization, banks }: ModelGateway): void {
  const standing = [...banks.values()].flatMap((bank) => [
    ...bank.standing('authorization'),
    ...bank.standing('capture'),
    ...bank.standing('refund'),
  ]);
  const ids = standing.map(({ bankId }) => bankId).sort();
  switch (authorization.state) {
    case 'captured': {
      const given = authorization.operations.flatMap(({ kind, end }) =>
        kind === 'refund' && end?.kind === 'succeeded' ? end.bankId : [],
      );
      return assert.deepEqual(ids, [authorization.bankAuthorizationId, authorization.bankCaptureId, ...given].sort());
    }
    case 'authorized':
      return assert.deepEqual(ids, [authorization.bankAuthorizationId]);
    case 'voided':
    case 'declined':
    case 'failed':
      return assert.deepEqual(ids, []);
    case 'none':
    case 'authorizing':
    case 'capturing':
    case 'voiding':
      assert.fail(`${authorization.state} is no rest`);
  }
}

function checkStory({ authorization, emitted }: ModelGateway): void {
  const said = new Map(emitted.map((event) => [event.id, event]));
  for (const event of emitted) assert.deepEqual(event, said.get(event.id), 'nothing is said in two ways');
  const owed = authorizations.restate(authorization);
  for (const event of owed) assert.deepEqual(event, said.get(event.id), 'what is said again was said before');
  for (const { id, type } of emitted) {
    if (lasting.test(type))
      assert(
        owed.some((event) => event.id === id),
        `${id} is not said again`,
      );
  }
  assert.deepEqual(liveOperations(authorization), []);
}

/** Events that stay true in every later state of the charge. */
const lasting = /refund|compensated|stray|cancellation_refused|voided|capture_succeeded/;

const hazards = fc.record({
  capture: fc.constantFrom('automatic', 'manual'),
  suspended: fc.boolean(),
  duplicates: fc.boolean(),
  veryLate: fc.boolean(),
  freezes: fc.constantFrom('waiting', 'begun', 'answered', 'never'),
  skewMs: fc.constantFrom(0, 400),
  jitter: fc.constantFrom(0.1, 0.5, 1),
});
const choices = fc.array(fc.nat(1_000_000), { minLength: 60, maxLength: 500, size: 'max' });

/** Rare situations may be missed by chance: repeat the rounds. */
const ROUNDS_MAX = 6;

/**
 * fast-check prints the seed and the smallest run of a failure.
 *
 * @returns the situations that were never reached
 */
function race(brand: ModelConditions['brand'], wanted: readonly string[], check: (result: Run) => void): string[] {
  let missing = wanted;
  for (let round = 1; round <= ROUNDS_MAX && (round === 1 || missing.length > 0); round++) {
    const reached = new Set<string>();
    fc.assert(
      fc.property(hazards, choices, (world, picks) => {
        const result = run({ ...world, brand }, picks);
        checkStory(result.gateway);
        check(result);
        assert.deepEqual(strays(result.gateway), [], 'what nobody wanted was undone');
        checkBooks(result.gateway);
        assert(result.settledInMs <= settledWithinMs, `settled after ${result.settledInMs} ms`);
        for (const name of result.gateway.reached) reached.add(name);
      }),
      { numRuns: 4_000 },
    );
    missing = missing.filter((name) => !reached.has(name));
  }
  return [...missing];
}

describe('one charge, two workers that freeze, thaw, crash and race, and a network that loses and delays', () => {
  const states = ['authorized', 'capturing', 'captured', 'voiding', 'voided', 'declined', 'failed'];
  const ways = ['attempt', 'reverse', 'start_reversal', 'taken over', 'performed twice', 'very late'];
  const canceled = ['authorizing, canceled', 'capturing, canceled', 'captured, canceled', 'a capture gave way'];
  const givenBack = ['refunds beside each other', 'a refund in doubt', 'suspected'];
  const said = ['refund_succeeded', 'refund_failed', 'capture_compensated'].map((name) => `bank.${name}.v1`);
  const everywhere = [...states, ...ways, ...canceled, ...givenBack, ...said];
  const repaired = ['bank.stray_reversed.v1'];

  it.each(['visa', 'mastercard'] as const)(
    '%s, at alder and birch: the books match without reconciliation',
    (brand) => {
      expect(race(brand, everywhere, ({ found }) => expect(found).toEqual([]))).toEqual([]);
    },
  );

  it('amex, at cedar: strays come only from a request that was performed twice, and reversing them by id makes the books match', () => {
    let seen = 0;
    const missing = race('amex', [...everywhere, 'inquire', ...repaired], ({ gateway, found }) => {
      seen += found.length;
      if (found.length > 0) assert(gateway.reached.has('performed twice'), 'a stray of one performance');
    });
    expect(missing).toEqual([]);
    expect(seen).toBeGreaterThan(0);
  });

  it('discover, at dogwood: strays come also from a message that arrives after its lifetime, and reversing them by id makes the books match', () => {
    let ofDuplicates = 0;
    let ofLateness = 0;
    const missing = race('discover', [...everywhere, 'inquire', ...repaired], ({ gateway, found }) => {
      if (found.length > 0) {
        const twice = gateway.reached.has('performed twice');
        const late = gateway.reached.has('very late');
        assert(twice || late, 'a stray of one performance in time');
        if (!late) ofDuplicates++;
        if (!twice) ofLateness++;
      }
    });
    expect(missing).toEqual([]);
    expect(ofDuplicates).toBeGreaterThan(0);
    expect(ofLateness).toBeGreaterThan(0);
  });
});
