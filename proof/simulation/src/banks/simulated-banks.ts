import type { BankPort, SendOptions, WireResult } from '#bank-call';
import type { BankEntry, Evidence, ReceivedRequest } from '#checker';
import { bankProtocol } from '#contracts';
import { SimulatedClock, type SimulatedNetwork, type SimulatedProcess } from '#virtual-time';
import { Books } from '../../../../apps/bank-simulator/src/books/books.js';
import { OpenBank } from '../../../../apps/bank-simulator/src/desk/open-bank.js';
import { answerRequest, receiveRequest } from '../../../../apps/bank-simulator/src/desk/receive-request.js';
import { FaultRules, type FaultStrike } from '../../../../apps/bank-simulator/src/faults/fault-rules.js';
import { inMemoryJournal } from './in-memory-journal.js';
import { SimulatedExchange, type ExchangeCaller } from './simulated-exchange.js';

/** The entries and requests in the banks' journals. */
export type Journals = Pick<Evidence, 'entries' | 'requests'>;

/** The bank simulator's own banks, books and faults, behind a simulated network. */
export class SimulatedBanks {
  readonly rules = new FaultRules();
  readonly journals = new Map<bankProtocol.BankName, bankProtocol.JournalRecord[]>();
  readonly #banks = new Map<bankProtocol.BankName, OpenBank>();

  /** @param process the simulator's process, whose clock the banks use */
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
      this.#banks.set(name, new OpenBank(new Books(bankProtocol.bankProfiles[name]), inMemoryJournal(append), clock));
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
      // Between `begun` and the first byte: a process that was frozen here resumes here.
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
    const { method, path, body } = bankProtocol.wireOf(sent);
    const received = receiveRequest(name, bank, this.rules, {
      method,
      target: path,
      body: body ? JSON.stringify(body) : '',
      sender: { instanceId, attemptId, ...(traceparent !== undefined && { traceparent }) },
    });
    if ('refusal' in received) {
      const { status, body: refusal } = received.refusal;
      return caller.answer({ kind: 'response', status, body: { ...refusal, now: bank.now() } });
    }
    const { request, strike } = received;
    if (strike) this.onStrike(name, strike, request);
    await answerRequest(strike, new SimulatedExchange(bank, received, caller, this.process));
  }
}
