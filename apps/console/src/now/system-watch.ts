import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock, Timer } from '#clock';
import { bankProtocol, views } from '#contracts';
import { balancesView, booksView, trialBalanceView } from '../invariants/readings.js';
import { lightsOf } from '../invariants/lights.js';
import type { ServiceAddresses } from '../system/service-addresses.js';
import { SupervisorClient } from '../system/supervisor.client.js';
import { type ViewAnswer, SystemClient } from '../system/system.client.js';
import { CLOCK, LOGGER } from '../tokens.js';
import { Measures } from './measure.js';
import { PacedReading } from './paced-reading.js';
import type { HistoryPoint, ProcessView, Snapshot } from './snapshot.js';

const EVERY_MS = 1_000;
/** Five minutes of plots. */
const POINTS_KEPT = 300;
/** The light of an invariant is so old at most, unless its reading itself takes long. */
const LIGHTS_EVERY_MS = 2_000;
/** The audit reads every transfer. */
const AUDIT_EVERY_MS = 10_000;

/** What the supervisor says of a process, as far as it is shown. */
interface SupervisedProcess {
  readonly name: string;
  readonly state: string;
  readonly pid?: number;
  readonly restarts: number;
}

type Watcher = (snapshot: Snapshot, point: HistoryPoint) => void;

/** Reads the system once a second while a page is open, and tells every open page the same. */
@Injectable()
export class SystemWatch implements OnApplicationShutdown {
  readonly #watchers = new Set<Watcher>();
  readonly #measures = new Measures();
  #history: HistoryPoint[] = [];
  #timer: Timer | undefined;
  #ended = false;
  readonly #readings;

  constructor(
    private readonly system: SystemClient,
    private readonly supervisor: SupervisorClient,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Pick<Logger, 'warn'>,
  ) {
    const paced = <View>(everyMs: number, read: (at: ServiceAddresses) => Promise<ViewAnswer<View>>) =>
      new PacedReading(clock, everyMs, async () => read(await system.addresses()));
    this.#readings = {
      trialBalance: paced(AUDIT_EVERY_MS, (at) => system.view(at.ledger, '/trial-balance', trialBalanceView)),
      balances: paced(LIGHTS_EVERY_MS, (at) => system.view(at.ledger, '/balances', balancesView)),
      books: paced(LIGHTS_EVERY_MS, (at) => system.view(at.ledger, '/books', booksView)),
      keyAudit: paced(LIGHTS_EVERY_MS, (at) => system.view(at.payments, '/key-audit', views.keyAuditView)),
    };
  }

  /** The numbers of the last five minutes in which a page was open. */
  get history(): readonly HistoryPoint[] {
    return this.#history;
  }

  /** @returns a function that ends it */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    if (!this.#timer) this.#goOn(0);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  onApplicationShutdown(): void {
    this.#ended = true;
    this.#timer?.cancel();
  }

  #goOn(delayMs: number): void {
    this.#timer = this.clock.after(delayMs, () => void this.#round());
  }

  async #round(): Promise<void> {
    const startedMs = this.clock.monotonicMs();
    try {
      const { snapshot, point } = await this.#look();
      this.#history = [...this.#history, point].slice(-POINTS_KEPT);
      for (const watcher of this.#watchers) watcher(snapshot, point);
    } catch (error) {
      this.log.warn({ err: error }, 'the system could not be read: it is tried again');
    }
    this.#timer = undefined;
    if (this.#ended || this.#watchers.size === 0) return;
    this.#goOn(Math.max(0, EVERY_MS - (this.clock.monotonicMs() - startedMs)));
  }

  async #look(): Promise<{ snapshot: Snapshot; point: HistoryPoint }> {
    const { system } = this;
    const addresses = await system.addresses();
    const { payments, gateway, ledger } = addresses;
    // A reading that takes long must not hold up the numbers of this second: its light shows the one before.
    for (const reading of Object.values(this.#readings)) void reading.refresh();
    const [texts, banks, faults, processes] = await Promise.all([
      Promise.all([...payments, ...gateway, ...ledger].map(async (url) => [url, await system.metrics(url)] as const)),
      system.views(gateway, '/banks', z.array(views.bankStateView)),
      system.view(addresses.banks, '/faults', z.array(standingFault)),
      this.#processes(),
    ]);
    const at = this.clock.now();
    const service = (url: string) => (gateway.includes(url) ? 'gateway' : ledger.includes(url) ? 'ledger' : 'payments');
    const { flow, banks: cards, point } = this.#measures.take({ at, texts: new Map(texts), service, banks });
    const { trialBalance, balances, books, keyAudit } = this.#readings;
    const lights = lightsOf({
      trialBalance: trialBalance.latest,
      balances: balances.latest,
      books: books.latest,
      keyAudit: keyAudit.latest,
    });
    const snapshot: Snapshot = {
      at,
      flow,
      lights,
      processes: processes ?? containers(addresses, new Map(texts), faults.kind === 'told'),
      supervised: processes !== undefined,
      banks: cards,
      faults: faults.kind === 'told' ? faults.view : [],
    };
    return { snapshot, point };
  }

  async #processes(): Promise<ProcessView[] | undefined> {
    if (!this.supervisor.exists) return undefined;
    const processes = await this.supervisor.ask<SupervisedProcess[]>('GET', '/processes');
    return processes.map(({ name, state, pid, restarts }) => ({ name, state, pid: pid ?? null, restarts }));
  }
}

/** The banks wrote it, so its parameters need no second check. */
const standingFault = z.custom<bankProtocol.StandingFaultRule>((value) => typeof value === 'object' && value !== null);

/** Under compose a process is known by whether it answers. */
function containers(
  { payments, gateway, ledger }: ServiceAddresses,
  texts: ReadonlyMap<string, string | undefined>,
  banksAnswer: boolean,
): ProcessView[] {
  const container = (name: string, answers: boolean): ProcessView => ({
    name,
    state: answers ? 'ready' : 'no answer',
    pid: null,
    restarts: null,
  });
  const ofService = (name: string, urls: readonly string[]): ProcessView[] =>
    urls.length === 0
      ? []
      : [
          container(
            name,
            urls.some((url) => texts.get(url) !== undefined),
          ),
        ];
  return [
    ...ofService('payments-api', payments),
    ...ofService('bank-gateway', gateway),
    ...ofService('ledger', ledger),
    container('bank-simulator', banksAnswer),
  ];
}
