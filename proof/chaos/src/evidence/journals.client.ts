import { bankProtocol } from '#contracts';

export type ChaosJournalRecord = bankProtocol.JournalRecord & { readonly bank: bankProtocol.BankName };

/** Reads the banks' journals: every request that reached them, and its result. */
export async function readJournals(banksAdminUrl: string): Promise<ChaosJournalRecord[]> {
  const journals = await Promise.all(bankProtocol.bankNames.map((bank) => readJournal(banksAdminUrl, bank)));
  return journals.flat();
}

async function readJournal(banksAdminUrl: string, bank: bankProtocol.BankName): Promise<ChaosJournalRecord[]> {
  const all: ChaosJournalRecord[] = [];
  for (let after = 0; ;) {
    const response = await fetch(`${banksAdminUrl}/banks/${bank}/journal?after=${after}`);
    if (!response.ok) throw new Error(`the journal of ${bank} cannot be read: ${await response.text()}`);
    const { records, next } = bankProtocol.journalPageSchema.parse(await response.json());
    if (records.length === 0) return all;
    for (const record of records) all.push({ ...record, bank });
    after = next;
  }
}
