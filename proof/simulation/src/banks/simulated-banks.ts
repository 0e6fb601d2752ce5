import type { BankPort, SendOptions, WireResult } from '#bank-call';
import type { BankEntry, Evidence, ReceivedRequest } from '#checker';
import { bankProtocol } from '#contracts';
import { SimulatedClock, type SimulatedNetwork, type SimulatedProcess } from '#virtual-time';
import { cardOf } from '../../../../apps/bank-simulator/src/books/card.js';
import { errorReply } from '../../../../apps/bank-simulator/src/books/decision.js';
import { Books } from '../../../../apps/bank-simulator/src/books/books.js';
import { OpenBank } from '../../../../apps/bank-simulator/src/desk/open-bank.js';
import { readRequest } from '../../../../apps/bank-simulator/src/desk/route.js';
import { FaultRules, type FaultStrike } from '../../../../apps/bank-simulator/src/faults/fault-rules.js';
import { inflict } from '../../../../apps/bank-simulator/src/faults/inflict.js';
import { inMemoryJournal } from './in-memory-journal.js';
import { SimulatedExchange, type ExchangeCaller } from './simulated-exchange.js';

/** What the banks have on record, each record with its bank. */
export type Journals = Pick<Evidence, 'entries' | 'requests'>;

/** The bank simulator's own banks, books and faults, on a network of the simulation's. */
export class SimulatedBanks {
  readonly rules = new FaultRules();
  readonly journals = new Map<bankProtocol.BankName, bankProtocol.JournalRecord[]>();
  readonly #banks = new Map<bankProtocol.BankName, OpenBank>();

  /** @param process the simulator's: its clock is the banks' */
  constructor(
    private readonly process: SimulatedProcess,
    private readonly network: SimulatedNetwork,
    private readonly onStrike: (bank: string, strike: FaultStrike, request: bankProtocol.BankRequest) => void,
    onAppended: (bank: bankProtocol.BankName, record: bankProtocol.JournalRecord) => void,
  ) {
    const clock = new SimulatedClock(process);
    for (const name of bankProtocol.bankNames) {
      const journal: bankProtocol.JournalRecord[] = [];
      this.journals.set(name, journal);
      const append = (record: bankProtocol.JournalRecord): void => {
        journal.push(record);
        onAppended(name, record);
      };
      this.#banks.set(name, new OpenBank(new Books(bankProtocol.defaultBanks[name]), inMemoryJournal(append), clock));
    }
  }

  onRecord(): Journals {
    const entries: BankEntry[] = [];
    const requests: ReceivedRequest[] = [];
    for (const [bank, records] of this.journals) {
      for (const record of records) {
        if (record.type === 'entry') entries.push({ ...record, bank });
        else if (record.type === 'request') requests.push({ ...record, bank });
      }
    }
    return { entries, requests };
  }

  /** The bank port of one process. */
  portOf(caller: SimulatedProcess): BankPort {
    return { send: (bank, request, options) => this.#send(caller, bank, request, options) };
  }

  #send(
    caller: SimulatedProcess,
    bank: bankProtocol.BankName,
    request: bankProtocol.BankRequest,
    options: SendOptions,
  ): Promise<WireResult> {
    const { network } = this;
    const { scheduler } = caller;
    return new Promise((resolve) => {
      const { promise: left, resolve: leave } = Promise.withResolvers<void>();
      let written = false;
      let ended = false;
      const end = (fact: WireResult): void => {
        if (ended) return;
        ended = true;
        resolve(fact);
      };
      const gone = (): void => void scheduler.after(network.latencyMs(), this.process, leave);
      const giveUp = (): void => {
        end(written ? { kind: 'no_response', cause: 'timeout' } : { kind: 'not_written', cause: 'connect_timeout' });
        gone();
      };
      if (options.signal.aborted) return giveUp();
      options.signal.addEventListener('abort', giveUp, { once: true });
      // What is between the attempt and its first byte: a frozen process wakes up here.
      scheduler.after(network.latencyMs(), caller, () => {
        if (ended) return;
        if (this.rules.closesPortOf(bank)) return end({ kind: 'not_written', cause: 'connection_refused' });
        if (scheduler.nowMs > options.latestWriteAtMs) return end({ kind: 'not_written', cause: 'too_late' });
        written = true;
        const answer = (fact: WireResult): void => {
          scheduler.after(network.latencyMs(), caller, () => end(fact));
        };
        scheduler.after(network.latencyMs(), this.process, () => {
          void this.#serve(bank, request, options, caller.name, { answer, left });
        });
      });
    });
  }

  async #serve(
    name: bankProtocol.BankName,
    sent: bankProtocol.BankRequest,
    { attemptId, traceparent }: SendOptions,
    instanceId: string,
    caller: ExchangeCaller,
  ): Promise<void> {
    const bank = this.#banks.get(name)!;
    // As it would arrive: through JSON and the simulator's own reading of it.
    const { method, path, body } = bankProtocol.wireOf(sent);
    const request = readRequest(method, path, body ? JSON.stringify(body) : '');
    if ('invalid' in request) {
      const refusal = errorReply(request.status, 'invalid_request', request.invalid, bank.now());
      return caller.answer({ kind: 'response', status: refusal.status, body: { ...refusal.body, now: bank.now() } });
    }
    const strike = this.rules.strike({
      bank: name,
      operation: request.kind,
      card: cardOf(bank.books, request),
      ...(request.kind !== 'statement' && {
        account: request.account,
        chargeId: request.chargeId,
        token: request.fault,
      }),
    });
    bank.note({
      type: 'request',
      at: bank.now(),
      operation: request.kind,
      ...('reference' in request && { reference: request.reference }),
      ...('validUntil' in request && { validUntil: request.validUntil }),
      ...('account' in request && { account: request.account, chargeId: request.chargeId }),
      ...('fault' in request && request.fault !== undefined && { token: request.fault }),
      instanceId,
      attemptId,
      ...(traceparent !== undefined && { traceparent }),
      ...(strike && { fault: { name: strike.fault, by: strike.by } }),
    });
    const exchange = new SimulatedExchange(bank, request, attemptId, strike, caller, this.process);
    if (!strike) return exchange.send(await exchange.deliver());
    this.onStrike(name, strike, request);
    await inflict(strike, exchange);
  }
}
