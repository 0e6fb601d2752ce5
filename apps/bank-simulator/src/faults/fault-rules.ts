import { Injectable } from '@nestjs/common';
import { seededRandom } from '#clock';
import { bankProtocol } from '#contracts';

/** The fields of a request that rules and tokens match. */
export interface FaultTarget {
  bank: bankProtocol.BankName;
  operation: bankProtocol.BankOperation;
  account?: string | undefined;
  chargeId?: string | undefined;
  card?: bankProtocol.EntryRecord['card'];
  /** The fault token of the charge. */
  token?: string | undefined;
}

/** One fault for one request. */
export interface FaultStrike<Name extends bankProtocol.FaultName = bankProtocol.FaultName> {
  fault: Name;
  parameters: bankProtocol.FaultParameters[Name];
  /** The rule's id, or `token`. */
  by: string;
  random: () => number;
}

interface Standing {
  rule: bankProtocol.FaultRule;
  id: string;
  strikes: number;
  random: () => number;
}

const byToken = 'token';

/** The current fault rules. At most one fault hits a request: its charge's token, else the oldest matching rule. */
@Injectable()
export class FaultRules {
  readonly #standing = new Map<string, Standing>();
  readonly #tokenStrikes = new Map<string, number>();
  #added = 0;

  add(rule: bankProtocol.FaultRule): bankProtocol.StandingFaultRule {
    const id = `fault_${++this.#added}`;
    const standing = { rule, id, strikes: 0, random: seededRandom(rule.seed) };
    this.#standing.set(id, standing);
    return shown(standing);
  }

  list(): bankProtocol.StandingFaultRule[] {
    return [...this.#standing.values()].map(shown);
  }

  /** @returns whether there was such a rule */
  remove(id: string): boolean {
    return this.#standing.delete(id);
  }

  removeAll(): void {
    this.#standing.clear();
  }

  /** Whether an outage of the whole bank is in force. */
  closesPortOf(bank: bankProtocol.BankName): boolean {
    return [...this.#standing.values()].some(({ rule }) => bankProtocol.closesPortOf(bank, rule));
  }

  strike(target: FaultTarget): FaultStrike | undefined {
    return this.#strikeOfToken(target) ?? this.#strikeOfRule(target);
  }

  /** Counts the hits of tokens from the journal, so that a used-up token stays used up after a restart. */
  replay(record: bankProtocol.JournalRecord): void {
    if (record.type !== 'request' || record.fault?.by !== byToken) return;
    this.#countTokenStrike(tokenKey(record.chargeId, record.operation));
  }

  #strikeOfToken(target: FaultTarget): FaultStrike | undefined {
    if (target.token === undefined) return undefined;
    const aim = bankProtocol.parseFaultToken(target.token);
    if (!aim || 'invalid' in aim || aim.at !== 'bank' || aim.operation !== target.operation) return undefined;
    const key = tokenKey(target.chargeId, target.operation);
    if (aim.times !== 'always' && (this.#tokenStrikes.get(key) ?? 0) >= aim.times) return undefined;
    this.#countTokenStrike(key);
    const parameters = bankProtocol.faultParameters[aim.fault].parse({});
    return { fault: aim.fault, parameters, by: byToken, random: seededRandom(0) };
  }

  #countTokenStrike(key: string): void {
    this.#tokenStrikes.set(key, (this.#tokenStrikes.get(key) ?? 0) + 1);
  }

  #strikeOfRule(target: FaultTarget): FaultStrike | undefined {
    for (const standing of this.#standing.values()) {
      const { rule } = standing;
      if (standing.strikes >= (rule.times ?? Infinity) || !matches(rule, target)) continue;
      if (standing.random() >= rule.probability) continue;
      standing.strikes++;
      return { fault: rule.fault, parameters: rule.parameters, by: standing.id, random: standing.random };
    }
    return undefined;
  }
}

const tokenKey = (chargeId: string | undefined, operation: string): string => `${chargeId}:${operation}`;

const shown = ({ rule, id, strikes }: Standing): bankProtocol.StandingFaultRule => ({ ...rule, id, strikes });

function matches({ scope, operation, fault }: bankProtocol.FaultRule, target: FaultTarget): boolean {
  return (
    (operation === undefined || operation === target.operation) &&
    bankProtocol.operationsOf(fault).includes(target.operation) &&
    (scope.bank === undefined || scope.bank === target.bank) &&
    (scope.account === undefined || scope.account === target.account) &&
    (scope.charge === undefined || scope.charge === target.chargeId) &&
    (scope.card === undefined || isCard(scope.card, target.card))
  );
}

const isCard = (wanted: string, card: FaultTarget['card']): boolean =>
  card !== undefined && [card.fingerprint, card.last4, card.brand].includes(wanted);
