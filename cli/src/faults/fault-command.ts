import { bankProtocol } from '#contracts';
import { z } from 'zod';
import { CommandError } from '../command.js';
import { noSuch } from '../nearest.js';
import { readWords } from '../read-words.js';
import { doorOptions, type DoorOptions } from '../system/admin-doors.js';

export type FaultCommand = { readonly doors: DoorOptions } & (
  | { readonly kind: 'list'; readonly json: boolean }
  | { readonly kind: 'set'; readonly rule: bankProtocol.FaultRuleInput }
  /** Without an id, all rules. */
  | { readonly kind: 'clear'; readonly id?: string }
);

const { faultNames, faultParameters, operationsOf, bankNames } = bankProtocol;

export const usage = `holdfast faults                               the faults that stand at the banks
holdfast faults set <fault> [<parameter>=<value> …]    one more; see below
holdfast faults clear [<id>]                  lifts one, or all

  holdfast faults set outage --bank alder
  holdfast faults set latency delayMs=3000 --bank cedar --operation capture
  holdfast faults set drop_after --charge ch_… --times 2
  holdfast faults set error performs=true --probability 0.3 --seed 7

--bank <name>        ${bankNames.join(', ')}
--operation <name>   ${bankProtocol.bankOperations.join(', ')}
--charge <id>, --account <id>, --card <fingerprint | last four digits | brand>
--times <number>     strikes, after which it is spent
--probability <0…1>  of each request that matches
--seed <number>      the same seed and the same requests give the same strikes
--banks-admin-url <url>, or BANKS_ADMIN_URL: the banks of another system
--json               the list, for machines

Faults and their parameters:
${faultNames.map((name) => `  ${[name.padEnd(22), ...parametersOf(name)].join(' ').trimEnd()}`).join('\n')}

What each does, and whether money moves: apps/bank-simulator/README.md. Rules end with a restart of the banks.`;

/** @throws CommandError */
export function parseFaultCommand(words: readonly string[]): FaultCommand {
  const { positionals, values } = readWords('faults', words, {
    ...doorOptions,
    bank: { type: 'string' },
    operation: { type: 'string' },
    charge: { type: 'string' },
    account: { type: 'string' },
    card: { type: 'string' },
    times: { type: 'string' },
    probability: { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'boolean' },
  });
  const [kind = 'list', first, ...rest] = positionals;
  switch (kind) {
    case 'list':
      return { kind, doors: values, json: values.json ?? false };
    case 'set': {
      const { bank, charge, account, card, operation } = values;
      const numbers = { times: values.times, probability: values.probability, seed: values.seed };
      return {
        kind,
        doors: values,
        rule: ruleOf({
          fault: faultNamed(first),
          scope: withoutGaps({ bank, charge, account, card }),
          ...withoutGaps({ operation }),
          ...Object.fromEntries(Object.entries(withoutGaps(numbers)).map(([name, text]) => [name, Number(text)])),
          parameters: Object.fromEntries(rest.map(parameterIn)),
        }),
      };
    }
    case 'clear':
      return { kind, doors: values, ...(first !== undefined && { id: first }) };
    default:
      throw new CommandError(noSuch('holdfast faults', kind, ['list', 'set', 'clear']));
  }
}

function faultNamed(word: string | undefined): bankProtocol.FaultName {
  const found = faultNames.find((name) => name === word?.replaceAll('-', '_'));
  if (found) return found;
  if (word === undefined) throw new CommandError(`Name a fault: ${faultNames.join(', ')}.`);
  throw new CommandError(noSuch('fault', word, faultNames));
}

function parameterIn(word: string): [string, unknown] {
  const [name = '', value, ...more] = word.split('=');
  if (value === undefined || more.length > 0)
    throw new CommandError(`A parameter reads name=value, as in delayMs=3000, and not ${word}.`);
  if (value === 'true' || value === 'false') return [name, value === 'true'];
  return [name, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
}

function ruleOf(rule: object): bankProtocol.FaultRuleInput {
  const read = bankProtocol.faultRuleSchema.safeParse(rule);
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues as [z.core.$ZodIssue];
  const { fault } = rule as { fault: bankProtocol.FaultName };
  const hint = path.at(-1) === 'operation' ? `; ${fault} strikes ${operationsOf(fault).join(', ')}` : '';
  throw new CommandError(`${path.join('.') || 'the rule'}: ${message}${hint}. See holdfast faults --help.`);
}

const withoutGaps = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

function parametersOf(name: bankProtocol.FaultName): string[] {
  const defaults = faultParameters[name].parse({}) as Record<string, unknown>;
  return Object.keys(faultParameters[name].shape).map((parameter) =>
    parameter in defaults ? `${parameter}=${String(defaults[parameter])}` : `${parameter}=…`,
  );
}
