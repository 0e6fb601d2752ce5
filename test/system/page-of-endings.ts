import { bankProtocol } from '#contracts';

/** What became of a charge that one fault struck on one operation at one bank. */
export interface FaultEnding {
  readonly bank: bankProtocol.BankName;
  readonly operation: string;
  readonly fault: bankProtocol.FaultName;
  readonly ending: string;
  /** What it took beyond a single question. */
  readonly way: readonly string[];
}

const { bankNames, defaultBanks } = bankProtocol;

/** docs/faults.md: a table per operation, a row per fault, a column per bank. */
export function pageOfEndings(endings: readonly FaultEnding[]): string {
  return `# What every fault comes to

Each cell is a charge of its own, made through the public API with a fault token (\`tok_fault_<operation>_<fault>_on_<brand>\`) that struck that operation once at that bank; it says how the charge, its cancellation or its refund ended, and in small print what it took: the bank was *inquired* under the same reference, was *asked again*, or something at it was *reversed* (a doubtful void's authorization; a second performance, once its statement had shown it). Afterwards the charges, the ledger and the banks' journals agreed to the cent: nothing lost, nothing doubled.

Written by the test that ran them: \`HOLDFAST_WRITE_DOCS=1 npm test -- system\` (\`test/system/every-fault.system.spec.ts\`); without the variable the same test holds the endings on this page to what happens.

${bankNames.map((bank) => `- **${bank}**: ${traits(bank)}`).join('\n')}

${[...Map.groupBy(endings, ({ operation }) => operation)].map(([operation, group]) => tableOf(operation, group)).join('\n\n')}
`;
}

function traits(bank: bankProtocol.BankName): string {
  const { idempotent, enforcesValidUntil } = defaultBanks[bank];
  return [
    idempotent ? 'idempotent by reference' : 'performs an authorization, a capture or a refund again if it comes again',
    enforcesValidUntil ? 'refuses what arrives too late' : 'performs what arrives late',
  ].join(', ');
}

const titles: Readonly<Record<string, string>> = {
  authorize: 'Authorize: a charge captured at once',
  capture: 'Capture: a charge captured at once',
  void: 'Void: a charge authorized, then canceled',
  refund: 'Refund: a charge captured, then refunded whole',
  inquire: 'Inquire: a charge whose capture was performed and whose answer was lost',
};

function tableOf(operation: string, endings: readonly FaultEnding[]): string {
  const banks = bankNames.filter((bank) => endings.some((each) => each.bank === bank));
  const faults = [...new Set(endings.map(({ fault }) => fault))];
  const cell = (bank: string, fault: string): string => {
    const { ending = '', way = [] } = endings.find((each) => each.bank === bank && each.fault === fault) ?? {};
    return way.length > 0 ? `${ending}<br><sub>${way.join(', ')}</sub>` : ending;
  };
  return [
    `## ${titles[operation] ?? operation}`,
    '',
    `| fault | ${banks.join(' | ')} |`,
    `| --- |${' --- |'.repeat(banks.length)}`,
    ...faults.map((fault) => `| \`${fault}\` | ${banks.map((bank) => cell(bank, fault)).join(' | ')} |`),
  ].join('\n');
}

/** The page without what it took to come there. */
export const endingsIn = (page: string): string => page.replaceAll(/<br><sub>.*?<\/sub>/g, '');
