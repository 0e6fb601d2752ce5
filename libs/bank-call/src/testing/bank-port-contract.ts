import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clock } from '#clock';
import { bankProtocol } from '#contracts';
import { eventually } from '#testing';
import type { BankOrder } from '../bank-order.js';
import type { BankPort, SendOptions, WireResult } from '../bank-port.js';
import { classify } from '../classify.js';
import { healthSignalOf } from '../health-signal.js';

/** The four banks and a port to them, real or in memory. */
export interface BanksWorld {
  /** The clock of banks and port. */
  readonly clock: Clock;
  readonly port: BankPort;
  /** The port user's name in the banks' journals. */
  readonly instanceId: string;
  /** Adds a fault rule. It is in force when this resolves. */
  fault(rule: bankProtocol.FaultRuleInput): Promise<void>;
  /** Removes all fault rules. */
  liftFaults(): Promise<void>;
  journal(bank: bankProtocol.BankName): Promise<readonly bankProtocol.JournalRecord[]>;
  close(): Promise<void>;
}

type Request = bankProtocol.BankRequest;
type Fault = bankProtocol.FaultRuleInput['fault'];

const VALID_FOR_MS = 60_000;
/** Much longer than a round trip to a bank, also on a busy machine. */
const PATIENCE_MS = 300;
const brands = bankProtocol.byBank((name) => bankProtocol.bankProfiles[name].networks[0]!);
const anyTime = { asOf: expect.any(Number), now: expect.any(Number) };
const anyId = expect.any(String);
const banks = bankProtocol.bankNames;

/** The contract of the bank port: answers to requests, and wire results of faults. */
export function bankPortContract(open: () => Promise<BanksWorld>): void {
  let world: BanksWorld;
  let made = 0;
  beforeAll(async () => void (world = await open()));
  afterEach(() => world.liftFaults());
  afterAll(() => world.close());

  const movement = (options: { validForMs?: number } = {}) => {
    const serial = ++made;
    return {
      reference: `op_${serial}`,
      validUntil: world.clock.now() + (options.validForMs ?? VALID_FOR_MS),
      account: 'acct_1',
      chargeId: `ch_${serial}`,
    };
  };
  const usd = (amountMinor = 1_000) => ({ amountMinor, currency: 'usd' as const });
  const authorize = (
    bank: bankProtocol.BankName,
    options: { behavior?: bankProtocol.InstrumentBehavior; validForMs?: number } = {},
  ): Request & { kind: 'authorize' } => {
    const { behavior = 'approve' } = options;
    const instrument = { brand: brands[bank], last4: '4242', fingerprint: 'fp_1', behavior };
    return { kind: 'authorize', ...movement(options), ...usd(), instrument };
  };
  const inquire = ({ reference, account, chargeId }: Request & { kind: 'authorize' }): Request => {
    return { kind: 'inquire', reference, account, chargeId };
  };

  function send(
    bank: bankProtocol.BankName,
    request: Request,
    options: Partial<SendOptions> = {},
  ): Promise<WireResult> {
    const { signal } = new AbortController();
    return world.port.send(bank, request, { attemptId: `at_${made}`, signal, latestWriteAtMs: Infinity, ...options });
  }

  /** Aborts some time after the bank has the request. */
  async function giveUpOn(bank: bankProtocol.BankName, request: Request & { reference: string }): Promise<WireResult> {
    const caller = new AbortController();
    const sent = send(bank, request, { signal: caller.signal });
    await eventually('the bank has the request', async () => (await recordsOf(bank, request)).length > 0, {
      clock: world.clock,
    });
    await world.clock.sleep(PATIENCE_MS);
    caller.abort();
    return sent;
  }

  /** Sends the request. @returns the bank id in the answer */
  async function idOf(bank: bankProtocol.BankName, request: Request): Promise<string> {
    const fact = await send(bank, request);
    if (fact.kind !== 'response' || fact.status !== 200) throw new Error(`no answer: ${JSON.stringify(fact)}`);
    return (fact.body as { bankId: string }).bankId;
  }

  async function recordsOf(
    bank: bankProtocol.BankName,
    { reference }: { reference: string },
  ): Promise<bankProtocol.JournalRecord[]> {
    return (await world.journal(bank)).filter((record) => 'reference' in record && record.reference === reference);
  }
  const performed = async (bank: bankProtocol.BankName, request: { reference: string }): Promise<number> =>
    (await recordsOf(bank, request)).filter(({ type }) => type === 'entry').length;

  const answered = (body: object): WireResult => ({ kind: 'response', status: 200, body: { ...body, ...anyTime } });
  const failed = (status: number, code: bankProtocol.BankErrorCode): WireResult => {
    return { kind: 'response', status, body: { error: { code, message: anyId }, ...anyTime } };
  };

  describe.each(banks)('%s', (bank) => {
    it('approves, captures, refunds and reverses, answers an inquiry, and lists all of it in its statement', async () => {
      const authorization = authorize(bank);
      const charge = { account: authorization.account, chargeId: authorization.chargeId };
      const before = (await world.journal(bank)).filter(({ type }) => type === 'entry').length;
      expect(await send(bank, authorization)).toStrictEqual(answered({ state: 'approved', bankId: anyId }));
      const authorizationId = (await world.journal(bank)).findLast(({ type }) => type === 'entry')!;
      const authorizedAs = (authorizationId as bankProtocol.EntryRecord).bankId;

      const capture = {
        kind: 'capture' as const,
        ...movement(),
        ...charge,
        authorizationId: authorizedAs,
        ...usd(800),
      };
      expect(await send(bank, capture)).toStrictEqual(answered({ state: 'captured', bankId: anyId }));
      const capturedAs = ((await recordsOf(bank, capture)).at(-1) as bankProtocol.EntryRecord).bankId;

      const refund = { kind: 'refund' as const, ...movement(), ...charge, captureId: capturedAs, ...usd(300) };
      expect(await send(bank, refund)).toStrictEqual(answered({ state: 'refunded', bankId: anyId }));
      const refundedAs = ((await recordsOf(bank, refund)).at(-1) as bankProtocol.EntryRecord).bankId;

      const reverse = { kind: 'reverse' as const, ...movement(), ...charge, target: { bankId: refundedAs } };
      expect(await send(bank, reverse)).toStrictEqual(
        answered({ state: 'reversed', bankId: anyId, reversals: [{ bankId: anyId, reverses: refundedAs }] }),
      );

      expect(await send(bank, inquire({ ...authorization, reference: refund.reference }))).toStrictEqual(
        answered({
          state: 'found',
          performances: [
            {
              seq: before + 3,
              bankId: refundedAs,
              kind: 'refund',
              reference: refund.reference,
              ...charge,
              ...usd(300),
              at: expect.any(Number),
              of: capturedAs,
              undoneBy: anyId,
            },
          ],
        }),
      );
      const entry = (kind: bankProtocol.EntryKind, place: number, rest: object) => ({
        seq: before + place,
        bankId: anyId,
        kind,
        reference: anyId,
        ...charge,
        at: expect.any(Number),
        currency: 'usd',
        ...rest,
      });
      expect(await send(bank, { kind: 'statement', after: before, limit: 1_000 })).toStrictEqual(
        answered({
          state: 'statement',
          entries: [
            entry('authorization', 1, { amountMinor: 1_000 }),
            entry('capture', 2, { amountMinor: 800, of: authorizedAs }),
            entry('refund', 3, { amountMinor: 300, of: capturedAs }),
            entry('reversal', 4, { amountMinor: 300, reverses: refundedAs }),
          ],
          watermark: before + 4,
          more: false,
        }),
      );
    });

    it('declines, voids, and refuses impossible requests', async () => {
      const poor = authorize(bank, { behavior: 'insufficient_funds' });
      expect(await send(bank, poor)).toStrictEqual(
        answered({ state: 'declined', bankId: anyId, code: 'insufficient_funds' }),
      );
      const authorization = authorize(bank);
      const { account, chargeId } = authorization;
      const authorizationId = await idOf(bank, authorization);
      const voiding = { kind: 'void' as const, ...movement(), account, chargeId, authorizationId };
      expect(await send(bank, voiding)).toStrictEqual(answered({ state: 'voided', bankId: anyId }));
      const capture = { kind: 'capture' as const, ...movement(), account, chargeId, authorizationId, ...usd() };
      expect(await send(bank, capture)).toStrictEqual(
        answered({ state: 'refused', bankId: anyId, code: 'authorization_voided' }),
      );
    });

    it('answers an inquiry about an unknown reference with `not_found`', async () => {
      expect(await send(bank, inquire(authorize(bank)))).toStrictEqual(answered({ state: 'not_found' }));
    });

    it('keeps its promises: idempotence, validity, and the fence of an unknown reference', async () => {
      const { idempotent, enforcesValidUntil, fencesUnseen } = bankProtocol.bankProfiles[bank];
      const twice = authorize(bank);
      const ids = [await idOf(bank, twice), await idOf(bank, twice)];
      expect(ids[0] === ids[1]).toBe(idempotent);

      const late = authorize(bank, { validForMs: -10_000 });
      expect(await send(bank, late)).toStrictEqual(
        enforcesValidUntil ? failed(409, 'validity_expired') : answered({ state: 'approved', bankId: anyId }),
      );

      const unseen = authorize(bank);
      const { account, chargeId, reference } = unseen;
      const reverse = { kind: 'reverse' as const, ...movement(), account, chargeId, target: { reference } };
      expect(await send(bank, reverse)).toStrictEqual(
        answered(fencesUnseen ? { state: 'remembered', bankId: anyId } : { state: 'unknown' }),
      );
      expect(await send(bank, unseen)).toStrictEqual(
        answered(
          fencesUnseen ? { state: 'refused', bankId: anyId, code: 'reversed' } : { state: 'approved', bankId: anyId },
        ),
      );
    });

    it('journals instance, attempt and trace, of an inquiry too', async () => {
      const request = authorize(bank);
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await send(bank, request, { attemptId: 'at_noted', traceparent });
      await send(bank, inquire(request), { attemptId: 'at_asking' });
      const { reference, validUntil, account, chargeId } = request;
      expect(await recordsOf(bank, request)).toEqual([
        {
          type: 'request',
          at: expect.any(Number),
          operation: 'authorize',
          reference,
          validUntil,
          account,
          chargeId,
          instanceId: world.instanceId,
          attemptId: 'at_noted',
          traceparent,
        },
        expect.objectContaining({ type: 'entry', attemptId: 'at_noted' }),
        expect.objectContaining({ type: 'request', operation: 'inquire', attemptId: 'at_asking' }),
      ]);
    });
  });

  /** Fault, parameters, wire result, outcome, and number of performances of an authorization. */
  const faults: [Fault, object, WireResult, string, number][] = [
    ['latency', { delayMs: 20 }, answered({ state: 'approved', bankId: anyId }), 'answered', 1],
    ['slow_drip', { durationMs: 40 }, answered({ state: 'approved', bankId: anyId }), 'answered', 1],
    ['error', { performs: false }, failed(500, 'internal_error'), 'doubt status_500', 0],
    ['error', { performs: true }, failed(500, 'internal_error'), 'doubt status_500', 1],
    ['not_processed', {}, failed(503, 'not_processed'), 'not_processed not_processed', 0],
    ['rate_limited', {}, failed(429, 'not_processed'), 'not_processed rate_limited', 0],
    ['reject', {}, failed(400, 'invalid_request'), 'not_processed malformed', 0],
    ['outage', {}, { kind: 'not_written', cause: 'connection_refused' }, 'not_processed connection_refused', 0],
    ['cut', {}, { kind: 'broken_response', cause: 'cut' }, 'doubt cut', 1],
    ['malformed', {}, { kind: 'broken_response', cause: 'malformed' }, 'doubt malformed', 1],
    ['drop_before', {}, { kind: 'no_response', cause: 'reset' }, 'doubt reset', 0],
    ['drop_after', {}, { kind: 'no_response', cause: 'reset' }, 'doubt reset', 1],
    ['duplicate', {}, answered({ state: 'approved', bankId: anyId }), 'answered', 2],
    ['refuse', { code: 'lost_card' }, answered({ state: 'declined', bankId: anyId, code: 'lost_card' }), 'answered', 0],
  ];
  const outcomeOf = (request: Request, fact: WireResult): string => {
    const outcome = classify(request as BankOrder, fact);
    return 'reason' in outcome ? `${outcome.kind} ${outcome.reason}` : outcome.kind;
  };

  describe('a fault', () => {
    it.each(faults)('%s %j has this result on the wire', async (fault, parameters, fact, outcome, times) => {
      await world.fault({ fault, parameters } as bankProtocol.FaultRuleInput);
      const request = authorize('dogwood');
      const seen = await send('dogwood', request);
      expect(seen).toStrictEqual(fact);
      expect(outcomeOf(request, seen)).toBe(outcome);
      await world.liftFaults();
      expect(await performed('dogwood', request)).toBe(times);
    });

    it('outage of one account resets its requests alone', async () => {
      await world.fault({ fault: 'outage', scope: { account: 'acct_2' } });
      expect(await send('alder', { ...authorize('alder'), account: 'acct_2' })).toStrictEqual({
        kind: 'no_response',
        cause: 'reset',
      });
      expect(await send('alder', authorize('alder'))).toStrictEqual(answered({ state: 'approved', bankId: anyId }));
    });

    it('inquiry_lag returns an older state, with its time', async () => {
      const request = authorize('cedar');
      await send('cedar', request);
      await world.fault({ fault: 'inquiry_lag', parameters: { lagMs: 3_600_000 } });
      const fact = await send('cedar', inquire(request));
      expect(fact).toStrictEqual(answered({ state: 'not_found' }));
      const { asOf, now } = (fact as { body: bankProtocol.BankTime }).body;
      expect(now - asOf).toBeGreaterThanOrEqual(3_600_000);
    });

    const silent: [Fault, object, number][] = [
      ['hang', { performs: false }, 0],
      ['hang', { performs: true }, 1],
      ['late', { delayMs: 20 }, 1],
      ['decline_after_timeout', {}, 0],
      ['latency', { delayMs: 600_000 }, 1],
      ['slow_drip', { durationMs: 600_000 }, 1],
    ];
    it.each(silent)('%s %j is doubt after a time-out', async (fault, parameters, times) => {
      await world.fault({ fault, parameters } as bankProtocol.FaultRuleInput);
      const request = authorize('dogwood');
      const fact = await giveUpOn('dogwood', request);
      expect(fact).toStrictEqual({ kind: 'no_response', cause: 'timeout' });
      expect(outcomeOf(request, fact)).toBe('doubt timeout');
      if (fault !== 'hang') {
        const { clock } = world;
        await eventually('the bank is done', async () => (await recordsOf('dogwood', request)).length === 2, { clock });
      }
      expect(await performed('dogwood', request)).toBe(times);
    });

    it('late is performed only after the caller’s time-out, if it is still valid then', async () => {
      await world.fault({ fault: 'late', parameters: { delayMs: 50 } });
      const [atCedar, atBirch] = [
        authorize('cedar', { validForMs: PATIENCE_MS }),
        authorize('birch', { validForMs: PATIENCE_MS }),
      ];
      await giveUpOn('cedar', atCedar);
      await giveUpOn('birch', atBirch);
      const { clock } = world;
      for (const [bank, request] of [
        ['cedar', atCedar],
        ['birch', atBirch],
      ] as const) {
        await eventually(`${bank} is done`, async () => (await recordsOf(bank, request)).length === 2, { clock });
      }
      expect([await performed('cedar', atCedar), await performed('birch', atBirch)]).toEqual([0, 1]);
    });

    it('aimed by a token hits its own operation, for the given number of times', async () => {
      const request = { ...authorize('alder'), fault: 'tok_fault_authorize_not_processed_2' };
      const statuses: unknown[] = [];
      for (let attempt = 0; attempt < 3; attempt++) {
        const fact = await send('alder', request);
        statuses.push(fact.kind === 'response' ? fact.status : fact.kind);
      }
      expect(statuses).toEqual([503, 503, 200]);
    });
  });

  describe('an attempt', () => {
    it('that was aborted before it began is not written', async () => {
      const request = authorize('alder');
      const fact = await send('alder', request, { signal: AbortSignal.abort() });
      expect(fact).toStrictEqual({ kind: 'not_written', cause: 'connect_timeout' });
      await send('alder', authorize('alder'));
      expect(await recordsOf('alder', request)).toEqual([]);
    });

    it('that is too old when it could be written is not written', async () => {
      const request = authorize('alder');
      const fact = await send('alder', request, { latestWriteAtMs: world.clock.monotonicMs() - 1 });
      expect(fact).toStrictEqual({ kind: 'not_written', cause: 'too_late' });
      await send('alder', authorize('alder'));
      expect(await recordsOf('alder', request)).toEqual([]);
    });

    it.each<[string, Partial<bankProtocol.AuthorizeRequest>]>([
      ['less than nothing', { amountMinor: -1 }],
      ['an account too long', { account: 'a'.repeat(65) }],
      ['a charge too long', { chargeId: 'c'.repeat(65) }],
      ['a reference too long', { reference: 'r'.repeat(97) }],
      ['a fault token too long', { fault: 'f'.repeat(101) }],
    ])('that violates the protocol, by %s, is not processed, and does no harm to the bank', async (_, beyond) => {
      const request = { ...authorize('alder'), ...beyond };
      const fact = await send('alder', request);
      expect(fact).toStrictEqual(failed(400, 'invalid_request'));
      expect(outcomeOf(request, fact)).toBe('not_processed malformed');
      expect(healthSignalOf(classify(request, fact))).toBe('alive');
      expect(await recordsOf('alder', request)).toEqual([]);
    });

    it('at every limit of the protocol is performed', async () => {
      const request = {
        ...authorize('alder'),
        amountMinor: Number.MAX_SAFE_INTEGER,
        account: 'a'.repeat(64),
        chargeId: 'c'.repeat(64),
        reference: `r${++made}`.padEnd(96, '_'),
        fault: 'f'.repeat(100),
      };
      expect(await send('alder', request)).toStrictEqual(answered({ state: 'approved', bankId: anyId }));
      expect(await send('alder', { ...inquire(request), fault: request.fault } as Request)).toMatchObject({
        status: 200,
        body: { state: 'found' },
      });
    });

    it('returns an answer that later changes at the bank do not alter', async () => {
      const authorization = authorize('alder');
      const { account, chargeId } = authorization;
      const authorizationId = await idOf('alder', authorization);
      const statement: Request = { kind: 'statement', after: 0, limit: 1_000 };
      const [found, stated] = [await send('alder', inquire(authorization)), await send('alder', statement)];
      const asTheyWere = structuredClone([found, stated]);
      await send('alder', { kind: 'void', ...movement(), account, chargeId, authorizationId });
      expect([found, stated]).toStrictEqual(asTheyWere);
      Object.assign((found as { body: { performances: object[] } }).body.performances[0]!, { amountMinor: 1 });
      expect(await send('alder', inquire(authorization))).toMatchObject({
        body: { performances: [{ amountMinor: 1_000 }] },
      });
    });
  });
}
