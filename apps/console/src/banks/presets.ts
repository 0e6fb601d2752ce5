import { bankProtocol } from '#contracts';

/** Faults that are set together. */
export interface FaultPreset {
  readonly name: string;
  readonly title: string;
  /** What a merchant will see. */
  readonly expect: string;
  readonly rules: readonly bankProtocol.FaultRuleInput[];
}

const everyBank = (rule: Omit<bankProtocol.FaultRuleInput, 'scope'>): bankProtocol.FaultRuleInput[] =>
  bankProtocol.bankNames.map((bank) => ({ ...rule, scope: { bank } }) as bankProtocol.FaultRuleInput);

export const presets: readonly FaultPreset[] = [
  {
    name: 'black-friday',
    title: 'Black Friday',
    expect: 'Banks are slow and ask for less. Charges take longer, some are retried; nearly all succeed.',
    rules: [
      ...everyBank({ fault: 'rate_limited', probability: 0.1, parameters: { retryAfterMs: 200 } }),
      ...everyBank({ fault: 'latency', probability: 0.6, parameters: { delayMs: 250, jitterMs: 500 } }),
    ],
  },
  {
    name: 'one-bank-dies',
    title: 'One bank dies',
    expect: 'Alder refuses every connection. Its breaker opens, and visa goes to birch.',
    rules: [{ fault: 'outage', scope: { bank: 'alder' }, parameters: {} }],
  },
  {
    name: 'answers-get-lost',
    title: 'Answers get lost',
    expect: 'Every third answer is lost after the bank has acted. Doubt rises; nothing is charged twice.',
    rules: everyBank({ fault: 'drop_after', probability: 0.33, parameters: {} }),
  },
];
