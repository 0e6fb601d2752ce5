import { hasCardNumber } from '#card-numbers';
import { characters } from './characters.js';
import { isHash, type Parameter, type Parameters } from './parameters.js';
import { cardNumberIn, invalidRequest, shown } from './stripe-error.js';

const INTEGER = /^[+-]?\d{1,15}$/;
/** In any case: an older Python SDK sends `True`, and libraries for forms send 1. */
const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);
/** Unknown parameters that a message names: there may be a thousand. */
const SHOWN_MAX = 5;
/** An index of a list. */
const INDEX = /^\d{1,9}$/;

/**
 * Reads the parameters of one request, or of one hash inside it, with Stripe's words for what is wrong and
 * the parameter's full name (`source[exp_month]`) always in `param`. Absent gives undefined; empty text
 * gives null where a parameter may be unset.
 */
export class ParameterReader {
  /** @throws StripeError parameter_unknown when something is there that is not in `known` */
  constructor(
    private readonly tree: Parameters,
    known: readonly string[],
    private readonly prefix = '',
  ) {
    const unknown = [...tree.keys()].filter((name) => !known.includes(name));
    if (unknown.length === 0) return;
    const names = unknown.slice(0, SHOWN_MAX).map((name) => this.fullName(name));
    const more = unknown.length > names.length ? ` and ${unknown.length - names.length} more` : '';
    throw invalidRequest(`Received unknown parameter${unknown.length > 1 ? 's' : ''}: ${names.join(', ')}${more}`, {
      code: 'parameter_unknown',
      param: names[0]!,
    });
  }

  has(name: string): boolean {
    return this.tree.has(name);
  }

  /** Whether it was given with parameters of its own. */
  hasHash(name: string): boolean {
    return isHash(this.tree.get(name));
  }

  text(name: string, limits: { max?: number } = {}): string | undefined {
    const value = this.optionalText(name, limits);
    if (value !== null) return value;
    throw invalidRequest(
      `You passed an empty string for '${this.fullName(name)}'. Empty values are taken as an attempt to unset a ` +
        `parameter, but '${this.fullName(name)}' cannot be unset: remove it, or give it a value.`,
      { code: 'parameter_invalid_empty', param: this.fullName(name) },
    );
  }

  requiredText(name: string, limits: { max?: number } = {}): string {
    return this.text(name, limits) ?? this.missing(name);
  }

  /** null: unset it. */
  optionalText(name: string, limits: { max?: number } = {}): string | null | undefined {
    const value = this.written(name, limits);
    if (value && hasCardNumber(value)) throw cardNumberIn(this.fullName(name));
    return value;
  }

  /** The one text that may be a card number: it must be kept nowhere. */
  requiredCardNumber(name: string, limits: { max?: number } = {}): string {
    return this.written(name, limits) || this.missing(name);
  }

  private written(name: string, { max = 5000 }: { max?: number }): string | null | undefined {
    const value = this.tree.get(name);
    if (value === undefined) return undefined;
    const param = this.fullName(name);
    if (typeof value !== 'string') throw invalidRequest(`Invalid string: ${param} is not text.`, { param });
    if (characters(value) > max) {
      throw invalidRequest(`Invalid string: ${param} must be at most ${max} characters.`, { param });
    }
    return value === '' ? null : value;
  }

  integer(name: string, limits: { min?: number; max?: number } = {}): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const param = this.fullName(name);
    if (!INTEGER.test(value)) {
      throw invalidRequest(`Invalid integer: ${shown(value)}`, { code: 'parameter_invalid_integer', param });
    }
    const number = Number(value);
    if (limits.min !== undefined && number < limits.min) {
      throw invalidRequest(`This value must be greater than or equal to ${limits.min}.`, {
        code: 'parameter_invalid_integer',
        param,
      });
    }
    if (limits.max !== undefined && number > limits.max) {
      throw invalidRequest(`This value must be less than or equal to ${limits.max}.`, {
        code: 'parameter_invalid_integer',
        param,
      });
    }
    return number;
  }

  requiredInteger(name: string, limits: { min?: number; max?: number } = {}): number {
    return this.integer(name, limits) ?? this.missing(name);
  }

  boolean(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const read = BOOLEANS.get(value.toLowerCase());
    if (read !== undefined) return read;
    throw invalidRequest(`Invalid boolean: ${shown(value)}`, { param: this.fullName(name) });
  }

  oneOf<const Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw invalidRequest(`Invalid ${this.fullName(name)}: must be one of ${choices.join(', ')}`, {
      param: this.fullName(name),
    });
  }

  hash(name: string, known: readonly string[]): ParameterReader | undefined {
    const value = this.tree.get(name);
    if (value === undefined) return undefined;
    if (!isHash(value)) this.notAHash(name);
    return new ParameterReader(value, known, this.fullName(name));
  }

  /** A hash of texts under keys of the caller's own, whatever they look like; null: unset them all. */
  textsByKey(name: string, limits: { keyMax: number; max: number }): ReadonlyMap<string, string> | null | undefined {
    const value = this.tree.get(name);
    if (value === undefined) return undefined;
    if (value === '') return null;
    if (!isHash(value)) this.notAHash(name);
    const reader = new ParameterReader(value, [...value.keys()], this.fullName(name));
    return new Map(
      [...value.keys()].map((key) => {
        const param = reader.fullName(key);
        if (characters(key) > limits.keyMax) {
          throw invalidRequest(`Invalid key: those of ${name} must be at most ${limits.keyMax} characters.`, { param });
        }
        if (hasCardNumber(key)) throw cardNumberIn(param);
        return [key, reader.optionalText(key, limits) ?? ''];
      }),
    );
  }

  /** A list of texts, with or without indices: `expand[]=a`, `expand[0]=a`. */
  texts(name: string): string[] {
    const value = this.tree.get(name);
    if (value === undefined || value === '') return [];
    return this.items(name, value).map((item, index) => {
      const param = `${this.fullName(name)}[${index}]`;
      if (typeof item !== 'string') throw invalidRequest('Invalid string', { param });
      if (hasCardNumber(item)) throw cardNumberIn(param);
      return item;
    });
  }

  private items(name: string, value: Parameter): readonly Parameter[] {
    if (typeof value !== 'string' && !isHash(value)) return value;
    const isIndexed = isHash(value) && [...value.keys()].every((index) => INDEX.test(index));
    if (!isIndexed) throw invalidRequest('Invalid array', { param: this.fullName(name) });
    return [...value].sort(([one], [other]) => Number(one) - Number(other)).map(([, item]) => item);
  }

  /** As it may be shown: a name can be the caller's own. */
  fullName(name: string): string {
    return shown(this.prefix === '' ? name : `${this.prefix}[${name}]`);
  }

  missing(name: string): never {
    const param = this.fullName(name);
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }

  notAHash(name: string): never {
    throw invalidRequest(`Invalid object: ${this.fullName(name)} must be a hash of its own parameters.`, {
      param: this.fullName(name),
    });
  }
}
