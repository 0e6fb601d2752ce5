import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Clock } from '#clock';
import { bankProtocol } from '#contracts';
import { Books } from '../books/books.js';
import { FaultRules } from '../faults/fault-rules.js';
import { Journal } from '../journal/journal.repository.js';
import type { BanksSettings } from '../settings.js';
import { banksConfig } from '../settings.module.js';
import { CLOCK, LOGGER } from '../tokens.js';
import { BankController } from './bank.controller.js';
import { OpenBank } from './open-bank.js';

/** All banks of this process. */
@Injectable()
export class BankListeners implements OnModuleInit, OnApplicationShutdown {
  readonly #controllers = new Map<bankProtocol.BankName, BankController>();
  readonly #open = new Map<bankProtocol.BankName, OpenBank>();

  constructor(
    @Inject(banksConfig.KEY) private readonly settings: BanksSettings,
    private readonly rules: FaultRules,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Binds every port before it opens a journal, so that a second process fails first. */
  async onModuleInit(): Promise<void> {
    for (const name of bankProtocol.bankNames) {
      const address = {
        host: this.settings.host,
        port: this.settings.ports[name],
        allowedHosts: this.settings.allowedHosts,
      };
      const controller = new BankController(name, address, this.rules, this.clock, this.logger);
      this.#controllers.set(name, controller);
      await controller.listen();
    }
    await Promise.all(bankProtocol.bankNames.map((name) => this.#openBank(name)));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.#controllers.values()].map((controller) => controller.close()));
    await Promise.all([...this.#open.values()].map(({ journal }) => journal.close()));
  }

  get(name: bankProtocol.BankName): OpenBank {
    return this.#open.get(name)!;
  }

  urls(): Record<bankProtocol.BankName, string> {
    const entries = [...this.#controllers].map(([name, controller]) => [name, controller.url] as const);
    return Object.fromEntries(entries) as Record<bankProtocol.BankName, string>;
  }

  /** Undefined while every bank can write its journal. */
  get failure(): Error | undefined {
    return [...this.#open.values()].find(({ journal }) => journal.failure)?.journal.failure;
  }

  /** Resolves once every port is open or closed by the rules. */
  async followRules(): Promise<void> {
    await Promise.all([...this.#controllers.values()].map((controller) => controller.followRules()));
  }

  async #openBank(name: bankProtocol.BankName): Promise<void> {
    const books = new Books(bankProtocol.bankProfiles[name]);
    const journal = await Journal.open(join(this.settings.dataDir, `${name}.jsonl`), (record) => {
      books.apply(record);
      this.rules.replay(record);
    });
    const bank = new OpenBank(books, journal, this.clock);
    this.#open.set(name, bank);
    this.#controllers.get(name)!.open(bank);
  }
}
