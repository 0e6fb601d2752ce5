import { BadRequestException, Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { bankProtocol } from '#contracts';
import { totals } from '../books/totals.js';
import { BankListeners } from '../desk/banks.js';
import type { OpenBank } from '../desk/open-bank.js';

@Controller('banks')
export class BanksController {
  constructor(private readonly banks: BankListeners) {}

  @Get()
  list(): (bankProtocol.BankProfile & { url: string; now: number })[] {
    const urls = this.banks.urls();
    return bankProtocol.bankNames.map((name) => {
      const bank = this.banks.get(name);
      return { ...bank.books.profile, url: urls[name], now: bank.now() };
    });
  }

  @Get(':bank/journal')
  async journal(@Param('bank') name: string, @Query('after') after = '0'): Promise<bankProtocol.JournalPage> {
    if (!/^\d{1,15}$/.test(after)) throw new BadRequestException('after: 0, or the next of an earlier page');
    const { journal } = this.#bank(name);
    await journal.synced();
    return journal.read(Number(after));
  }

  @Get(':bank/journal/charges/:charge')
  async ofCharge(@Param('bank') name: string, @Param('charge') chargeId: string): Promise<bankProtocol.ChargeRecords> {
    const { journal } = this.#bank(name);
    await journal.synced();
    return { records: await journal.recordsOf(chargeId) };
  }

  @Get(':bank/totals')
  async totals(@Param('bank') name: string): Promise<bankProtocol.Totals> {
    const { books, journal } = this.#bank(name);
    const sums = totals(books);
    await journal.synced();
    return sums;
  }

  #bank(name: string): OpenBank {
    const known = bankProtocol.bankNameSchema.safeParse(name);
    if (!known.success) throw new NotFoundException(`no bank ${name}`);
    return this.banks.get(known.data);
  }
}
