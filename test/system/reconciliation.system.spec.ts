import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { bankProtocol } from '#contracts';
import { eventually } from '#testing';
import { SOUND, SystemUnderTest, brandAt, answerFields, sourceAt, type BankName } from './system.js';

jest.setTimeout(300_000);

/** The banks that are not idempotent. Only these have strays. */
const forgetful = ['cedar', 'dogwood'] as const;
/** Limit from the performance to its difference in the ledger. */
const FOUND_WITHIN_MS = 60_000;
/** Limit from the difference to its resolution: reversed, published in the next statement, compared. */
const REPAIRED_WITHIN_MS = 90_000;

let system: SystemUnderTest;
beforeAll(async () => {
  system = await SystemUnderTest.start();
});
afterAll(() => system?.stop());

interface DifferenceRow {
  readonly kind: string;
  readonly movement: string;
  readonly charge_id: string;
  readonly resolution: string | null;
}
const difference = async (bankId: string): Promise<DifferenceRow | undefined> => {
  const columns = 'kind, movement, charge_id, resolution';
  const [row] = await system.sql<DifferenceRow>('ledger', `SELECT ${columns} FROM difference WHERE bank_id = $1`, [
    bankId,
  ]);
  return row;
};
const named = (bankId: string): Promise<DifferenceRow> =>
  eventually(`the difference about ${bankId} is named`, () => difference(bankId), {
    timeoutMs: FOUND_WITHIN_MS,
    everyMs: 250,
  });
const resolved = (bankId: string): Promise<string> =>
  eventually(`the difference about ${bankId} is resolved`, async () => (await difference(bankId))?.resolution, {
    timeoutMs: REPAIRED_WITHIN_MS,
    everyMs: 250,
  });

const entriesOf = async (bank: BankName, chargeId: string): Promise<bankProtocol.EntryRecord[]> =>
  (await system.journal(bank)).flatMap((record) =>
    record.type === 'entry' && record.chargeId === chargeId ? [record] : [],
  );
const reversalsOf = async (bank: BankName, { chargeId, bankId }: { chargeId: string; bankId: string }) =>
  (await entriesOf(bank, chargeId)).filter(({ reverses }) => reverses === bankId);
const ledgerAccount = async (kind: string): Promise<Record<string, number>> => {
  const rows = await system.sql<{ account: string; minor: string }>(
    'ledger',
    `SELECT account, sum(credits_posted_minor - debits_posted_minor)::text AS minor FROM movement
     WHERE account LIKE $1 || ':%' GROUP BY account`,
    [kind],
  );
  return Object.fromEntries(rows.map(({ account, minor }) => [account, Number(minor)]));
};

/** Runs `holdfast books` on the system under test. */
async function books(): Promise<{ code: number; text: string }> {
  const environment = { ...process.env, NODE_OPTIONS: '', DATABASE_URL: system.operatorsUrl };
  return promisify(execFile)(process.execPath, ['dist/cli/src/main.js', 'books'], { env: environment }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, text: error.stdout }),
  );
}

/** A succeeded charge, with its authorization's id at the bank. */
async function endedCharge(bank: BankName): Promise<{ chargeId: string; account: string; authorizationId: string }> {
  const reply = await system.charge({ source: sourceAt[bank] });
  expect(answerFields(reply)).toMatchObject({ status: 'succeeded' });
  const [{ account, bankId }] = (await entriesOf(bank, reply.chargeId!)) as [bankProtocol.EntryRecord];
  return { chargeId: reply.chargeId!, account, authorizationId: bankId };
}

let references = 0;
/** Fields of every request to a bank, under a new reference. */
const asked = (by: { chargeId: string; account: string }) => ({
  reference: `elsewhere.${++references}`,
  validUntil: Date.now() + 3_600_000,
  chargeId: by.chargeId,
  account: by.account,
});
const captureAt = (bank: BankName, charge: { chargeId: string; account: string; authorizationId: string }) =>
  system.askBank(bank, {
    kind: 'capture',
    ...asked(charge),
    authorizationId: charge.authorizationId,
    amountMinor: 700,
    currency: 'usd',
  });
const authorizeAt = (bank: BankName, charge: { chargeId: string; account: string }) =>
  system.askBank(bank, {
    kind: 'authorize',
    ...asked(charge),
    amountMinor: 700,
    currency: 'usd',
    instrument: { brand: brandAt[bank], last4: '0005', fingerprint: 'nobody', behavior: 'approve' },
  });

describe('a stray performance for a charge that had ended', () => {
  const planted = new Map<string, Promise<{ bank: BankName; chargeId: string; bankId: string }>>();
  const deeds = { capture: captureAt, authorization: authorizeAt };
  const cases = forgetful.flatMap((bank) =>
    (['capture', 'authorization'] as const).map((movement) => ({ bank, movement })),
  );

  beforeAll(() => {
    for (const { bank, movement } of cases) {
      const planting = endedCharge(bank).then(async (charge) => {
        const { bankId } = await deeds[movement](bank, charge);
        return { bank, chargeId: charge.chargeId, bankId };
      });
      planted.set(`${bank} ${movement}`, planting);
    }
  });

  it.each(cases)(
    '$movement at $bank: is found, reversed at the bank, and both sides agree again',
    async ({ bank, movement }) => {
      const stray = await planted.get(`${bank} ${movement}`)!;
      expect(await named(stray.bankId)).toMatchObject({
        kind: 'unknown_to_ledger',
        movement,
        charge_id: stray.chargeId,
      });
      expect(await resolved(stray.bankId)).toBe('undone_at_bank');
      expect(await reversalsOf(bank, stray)).toHaveLength(1);
    },
  );

  it('leaves suspense empty and charges, ledger and journals in agreement, as holdfast books shows', async () => {
    expect(Object.values(await ledgerAccount('suspense')).filter((minor) => minor !== 0)).toEqual([]);
    expect(Object.keys(await ledgerAccount('suspense')).sort()).toEqual(['suspense:cedar:usd', 'suspense:dogwood:usd']);
    expect(await system.verdictAtRest()).toMatch(SOUND);
    const said = await books();
    expect(said.text).toContain('Banks and books agree.');
    expect(said.code).toBe(0);
  });
});

describe('a difference that only an operator can resolve', () => {
  it('a capture for an unknown charge is found, left alone, and resolved once it is reversed', async () => {
    const nobodys = { chargeId: 'ch_nobody', account: 'acct_nobody' };
    const { bankId: authorizationId } = await authorizeAt('cedar', nobodys);
    const { bankId } = await captureAt('cedar', { ...nobodys, authorizationId });
    expect(await named(bankId)).toMatchObject({
      kind: 'unknown_to_ledger',
      movement: 'capture',
      charge_id: 'ch_nobody',
    });
    const said = await books();
    expect(said.code).toBe(1);
    expect(said.text).toMatch(/unknown_to_ledger +cedar +capture +7\.00 usd +\S+ +ch_nobody/);
    expect(said.text).toContain('1 open difference');
    expect(await reversalsOf('cedar', { ...nobodys, bankId })).toEqual([]);

    await system.askBank('cedar', { kind: 'reverse', ...asked(nobodys), target: { bankId: authorizationId } });
    expect(await resolved(bankId)).toBe('undone_at_bank');
    expect(await system.verdictAtRest()).toMatch(SOUND);
  });

  it('a transfer without a bank entry is found, and resolved once it is reversed in the ledger', async () => {
    const { chargeId } = await endedCharge('alder');
    const transfer = `INSERT INTO transfer
      (charge_id, effect, kind, debit_account, credit_account, amount_minor, currency, cause, posted_at, bank_id)`;
    const [debit, credit] = ['bank_receivable:alder:usd', 'fees:usd'];
    await system.sql(
      'ledger',
      `${transfer} VALUES ($1, 'stray:ghost', 'single', $2, $3, 500, 'usd', 'test', now(), 'ghost')`,
      [chargeId, debit, credit],
    );
    expect(await named('ghost')).toMatchObject({ kind: 'unknown_to_bank', charge_id: chargeId });
    expect((await books()).text).toMatch(/unknown_to_bank +alder +capture +5\.00 usd +ghost +ch_/);
    await system.sql(
      'ledger',
      `${transfer} VALUES ($1, 'stray_undone:ghost', 'single', $2, $3, 500, 'usd', 'test', now(), NULL)`,
      [chargeId, credit, debit],
    );
    expect(await resolved('ghost')).toBe('corrected');
    await eventually('banks and books agree', async () => (await books()).code === 0, { timeoutMs: 60_000 });
  });
});

describe('a request that reaches a bank without idempotency twice', () => {
  const cases = forgetful.flatMap((bank) =>
    (['authorize', 'capture', 'refund'] as const).map((operation) => ({ bank, operation })),
  );
  const kinds = { authorize: 'authorization', capture: 'capture', refund: 'refund' } as const;

  const struck = new Map<string, Promise<bankProtocol.EntryRecord[]>>();

  /** @returns both performances, in the order of the bank's journal */
  async function provoke(bank: BankName, operation: keyof typeof kinds): Promise<bankProtocol.EntryRecord[]> {
    const apiKey = system.newApiKey();
    const reply = await system.charge({ apiKey, source: `tok_fault_${operation}_duplicate_on_${brandAt[bank]}` });
    expect(answerFields(reply)).toMatchObject({ status: 'succeeded' });
    const chargeId = reply.chargeId!;
    if (operation === 'refund') {
      const { status } = await system.stripe({ apiKey }).refunds.create({ charge: chargeId, amount: 500 });
      expect(status).toBe('succeeded');
    }
    return eventually(`${operation} is performed twice at ${bank}`, async () => {
      const entries = (await entriesOf(bank, chargeId)).filter(({ kind }) => kind === kinds[operation]);
      return entries.length === 2 && entries;
    });
  }

  beforeAll(async () => {
    for (const { bank, operation } of cases) struck.set(`${bank} ${operation}`, provoke(bank, operation));
    await Promise.all(struck.values());
  });

  it.each(cases)('$operation at $bank: one of the two performances is reversed', async ({ bank, operation }) => {
    const performed = await struck.get(`${bank} ${operation}`)!;
    const reversals = await eventually(
      'one of them is undone',
      async () => {
        const undone = await Promise.all(performed.map((entry) => reversalsOf(bank, entry)));
        return undone.flat().length > 0 && undone.flat();
      },
      { timeoutMs: FOUND_WITHIN_MS + REPAIRED_WITHIN_MS, everyMs: 250 },
    );
    expect(reversals).toHaveLength(1);
    expect(await resolved(reversals[0]!.reverses!)).toBe('undone_at_bank');
  });

  it('leaves suspense empty, and charges, ledger and journals in agreement', async () => {
    expect(await system.verdictAtRest()).toMatch(SOUND);
    expect(Object.values(await ledgerAccount('suspense')).filter((minor) => minor !== 0)).toEqual([]);
    expect((await books()).code).toBe(0);
  });
});
