import assert from 'node:assert/strict';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ModelGateway, type World } from '../../test/model-gateway.js';
import { authorizations, liveOperation } from '../authorizations/authorization.js';

/** Within so long after the faults are lifted every charge has come to its end. */
const settledWithinMs = 60_000;

interface Run {
  gateway: ModelGateway;
  settledInMs: number;
}

/** A race by the given choices, then health: no more faults, and what is still on its way arrives as late as it can. */
function run(world: World, choices: readonly number[]): Run {
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
  for (let steps = 0; gateway.settle(); steps++) {
    assert(steps < 500, 'a healthy system does not go on for ever');
    checkAlways(gateway);
  }
  const settledInMs = gateway.now - liftedAt;
  for (const message of zombies) {
    if (gateway.messages.includes(message)) gateway.deliver(message, 'willing', { lost: true, keep: false });
    checkAlways(gateway);
  }
  return { gateway, settledInMs };
}

/** At an idempotent bank nothing is ever performed twice, not even for a moment. */
function checkAlways({ banks }: ModelGateway): void {
  for (const bank of banks.values()) {
    if (!bank.profile.idempotent) continue;
    assert(bank.standing('authorization').length <= 1, `${bank.profile.name} holds two authorizations`);
    assert(bank.standing('capture').length <= 1, `${bank.profile.name} holds two captures`);
  }
}

/** Standing performances of operations that have ended, other than the one that each recorded: rule 11. */
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

/** What stands at all banks together, exactly as the authorization says. */
function checkBooks({ authorization, banks }: ModelGateway): void {
  const standing = [...banks.values()].flatMap((bank) => [
    ...bank.standing('authorization'),
    ...bank.standing('capture'),
  ]);
  const ids = standing.map(({ bankId }) => bankId).sort();
  switch (authorization.state) {
    case 'captured':
      return assert.deepEqual(ids, [authorization.bankAuthorizationId, authorization.bankCaptureId].sort());
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
  const ids = emitted.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, 'nothing is said twice');
  const last = authorizations.restate(authorization);
  assert.deepEqual(emitted.slice(-last.length), last, 'what is said again is what was said last');
  assert(!liveOperation(authorization));
}

const hazards = fc.record({
  duplicates: fc.boolean(),
  veryLate: fc.boolean(),
  freezes: fc.constantFrom('waiting', 'begun', 'answered', 'never'),
  skewMs: fc.constantFrom(0, 400),
  jitter: fc.constantFrom(0.1, 0.5, 1),
});
const choices = fc.array(fc.nat(1_000_000), { maxLength: 300, size: 'max' });

/** fast-check prints the seed and the smallest run of a failure. */
function race(brand: World['brand'], check: (result: Run) => void): Set<string> {
  const reached = new Set<string>();
  fc.assert(
    fc.property(hazards, choices, (world, picks) => {
      const result = run({ ...world, brand }, picks);
      checkStory(result.gateway);
      check(result);
      assert(result.settledInMs <= settledWithinMs, `settled after ${result.settledInMs} ms`);
      for (const name of result.gateway.reached) reached.add(name);
    }),
    { numRuns: 2_000 },
  );
  return reached;
}

function reconcile({ banks }: ModelGateway, found: ReturnType<typeof strays>, now: number): void {
  for (const { bank, bankId } of found) banks.get(bank)!.undo(bankId, now);
}

describe('one charge, two workers that freeze, thaw, crash and race, and a network that loses and delays', () => {
  const everything = ['authorized', 'capturing', 'captured', 'voiding', 'voided', 'declined', 'failed'];
  const ways = ['attempt', 'reverse', 'start_reversal', 'taken over', 'performed twice', 'very late'];

  it.each(['visa', 'mastercard'] as const)(
    '%s, at alder and birch: the books are right without reconciliation',
    (brand) => {
      const reached = race(brand, ({ gateway }) => {
        expect(strays(gateway)).toEqual([]);
        checkBooks(gateway);
      });
      expect([...reached]).toEqual(expect.arrayContaining([...everything, ...ways]));
    },
  );

  it('amex, at cedar: strays come only of a request that was performed twice, and undoing them by id rights the books', () => {
    let seen = 0;
    const reached = race('amex', ({ gateway }) => {
      const found = strays(gateway);
      seen += found.length;
      if (found.length > 0) assert(gateway.reached.has('performed twice'), 'a stray of one performance');
      reconcile(gateway, found, gateway.now);
      checkBooks(gateway);
    });
    expect([...reached]).toEqual(expect.arrayContaining([...everything, ...ways, 'inquire']));
    expect(seen).toBeGreaterThan(0);
  });

  it('discover, at dogwood: strays come also of a message older than it lives, and undoing them by id rights the books', () => {
    let ofDuplicates = 0;
    let ofLateness = 0;
    const reached = race('discover', ({ gateway }) => {
      const found = strays(gateway);
      if (found.length > 0) {
        const twice = gateway.reached.has('performed twice');
        const late = gateway.reached.has('very late');
        assert(twice || late, 'a stray of one performance in time');
        if (!late) ofDuplicates++;
        if (!twice) ofLateness++;
      }
      reconcile(gateway, found, gateway.now);
      checkBooks(gateway);
    });
    expect([...reached]).toEqual(expect.arrayContaining([...everything, ...ways, 'inquire']));
    expect(ofDuplicates).toBeGreaterThan(0);
    expect(ofLateness).toBeGreaterThan(0);
  });
});
