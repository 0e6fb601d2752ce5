import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bankProtocol } from '#contracts';
import { authorize, bank, brandOf, capture, inquire, refund, reverse, statement, voiding } from './bank-under-test.js';
import { totals } from './totals.js';

type Desk = ReturnType<typeof bank>;

/** Few references and targets, so that they collide often. */
const reference = fc.integer({ min: 1, max: 6 }).map((serial) => `op_${serial}`);
const amountMinor = fc.integer({ min: 1, max: 3 });
const pick = fc.nat(7);
const step = fc.record({
  kind: fc.constantFrom('authorize', 'capture', 'void', 'refund', 'reverse by reference', 'reverse by id', 'restart'),
  reference,
  amountMinor,
  pick,
  target: reference,
  at: fc.integer({ min: 0, max: 500 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function take(
  desk: Desk,
  name: bankProtocol.BankName,
  { kind, reference, amountMinor, pick, target }: Step,
  at: number,
) {
  const { positions } = desk.books;
  const bankId = positions.length > 0 ? positions[pick % positions.length]!.entry.bankId : 'none';
  switch (kind) {
    case 'authorize':
      return desk.asked(authorize(reference, { amountMinor, brand: brandOf[name] }), { at });
    case 'capture':
      return desk.asked(capture(reference, bankId, amountMinor), { at });
    case 'void':
      return desk.asked(voiding(reference, bankId), { at });
    case 'refund':
      return desk.asked(refund(reference, bankId, amountMinor), { at });
    case 'reverse by reference':
      return desk.asked(reverse(`r_${reference}`, { reference: target }), { at });
    case 'reverse by id':
      return desk.asked(reverse(`r_${reference}`, { bankId }), { at });
    case 'restart':
      return desk.restarted();
  }
}

describe.each(bankProtocol.bankNames)('for any requests to %s, in any order,', (name) => {
  const { idempotent, fencesUnseen } = bankProtocol.bankProfiles[name];

  it('its guarantees hold after every request', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const desk = bank(name);
        const fenced = new Set<string>();
        let at = 0;
        for (const next of steps) {
          const before = desk.books.positions.length;
          take(desk, name, next, (at += next.at));
          const { positions } = desk.books;

          // Neither a fenced reference nor, at an idempotent bank, a performed one is performed (again).
          for (const { entry } of positions.slice(before)) expect(fenced).not.toContain(entry.reference);
          for (const record of desk.journal) if (record.type === 'fence') fenced.add(record.reference);
          if (!fencesUnseen) expect(fenced.size).toBe(0);
          const moved = positions.filter(({ entry }) => entry.kind !== 'reversal');
          if (idempotent) expect(new Set(moved.map(({ entry }) => entry.reference)).size).toBe(moved.length);

          // No performance depends on an undone one, so an acknowledged reversal leaves nothing.
          for (const { undoneBy, under, entry } of positions) {
            if (!undoneBy) continue;
            const left = under.filter((above) => !above.undoneBy && above.entry.kind !== 'void');
            expect({ of: entry.bankId, left }).toEqual({ of: entry.bankId, left: [] });
          }
        }

        const known = (): unknown[] => [
          totals(desk.books),
          desk.asked(statement(), { at }),
          ...steps.map((next) => desk.asked(inquire(next.reference), { at })),
        ];
        const before = known();
        desk.restarted();
        expect(known()).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  it('reversing every reference leaves no money anywhere', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const desk = bank(name);
        for (const next of steps) take(desk, name, next, 0);
        for (let serial = 1; serial <= 6; serial++)
          desk.asked(reverse(`last_${serial}`, { reference: `op_${serial}` }));
        for (const sums of Object.values(totals(desk.books).currencies)) {
          expect(sums).toMatchObject({ held: 0, net: 0 });
          expect(sums.reversed + sums.voided).toBe(sums.authorized + sums.captured + sums.refunded);
        }
      }),
      { numRuns: 300 },
    );
  });
});
