import { invalidRequest, shown, type StripeError } from '../protocol/stripe-error.js';

/**
 * What a field can be compared with. `token`: exactly. `string`: exactly, or by a part of it. `number`: by size too.
 * Texts are compared without regard to case.
 */
export type SearchFieldType = 'token' | 'string' | 'number';

/** The searchable fields of an object, by their path in it; every object can be searched by its metadata. */
export type SearchFields = ReadonlyMap<string, SearchFieldType>;

const operators = [':', '~', '>=', '<=', '>', '<', '='] as const;
type SearchOperator = (typeof operators)[number];

/** One comparison: `email:"a@b.c"`. */
export interface SearchClause {
  readonly isNegated: boolean;
  /** The path in the object. */
  readonly path: readonly string[];
  readonly operator: SearchOperator;
  /** Null: the field is not there. */
  readonly value: string | number | null;
}

/** A query of Stripe's search query language: clauses that must all hold, or one of them. */
export interface SearchQuery {
  readonly joinedBy: 'AND' | 'OR';
  readonly clauses: readonly SearchClause[];
}

const CLAUSES_MAX = 10;
const SUBSTRING_MIN = 3;

const SPACE = /\s*/y;
const CONNECTOR = /(and|or)(?=\s|$|-)/iy;
const FIELD = /(-?)([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)/iy;
const METADATA_KEY = /\[\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\]/y;
const OPERATOR = /\s*(:|~|>=|<=|>|<|=)\s*/y;
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y;
const NUMBER = /-?\d+(?:\.\d+)?(?=\s|$)/y;
const NULL = /null(?=\s|$)/iy;

/**
 * Parses a query: clauses separated by a space, AND or OR, without parentheses, and never both AND and OR.
 *
 * @throws StripeError 400 that says what to write instead
 */
export function parseSearchQuery(text: string, fields: SearchFields): SearchQuery {
  return new QueryReading(text, fields).query();
}

class QueryReading {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly fields: SearchFields,
  ) {}

  query(): SearchQuery {
    const clauses: SearchClause[] = [];
    let joinedBy: SearchQuery['joinedBy'] | undefined;
    this.take(SPACE);
    while (this.at < this.text.length) {
      if (clauses.length > 0) {
        const connector = this.take(CONNECTOR)?.[1]?.toUpperCase() as SearchQuery['joinedBy'] | undefined;
        // A space alone means AND.
        const joins = connector ?? 'AND';
        if (joinedBy !== undefined && joins !== joinedBy) throw mixedConnectors();
        joinedBy = joins;
        this.take(SPACE);
      }
      clauses.push(this.clause());
      this.take(SPACE);
    }
    if (clauses.length === 0) throw unreadable('it has no clause');
    if (clauses.length > CLAUSES_MAX) throw unreadable(`it has more than ${CLAUSES_MAX} clauses`);
    return { joinedBy: joinedBy ?? 'AND', clauses };
  }

  private clause(): SearchClause {
    const field = this.take(FIELD);
    if (!field) throw unreadable(`a field is missing at '${this.rest()}'`);
    const isNegated = field[1] === '-';
    const { path, type } = this.fieldOf(field[2]!);
    const operator = this.take(OPERATOR)?.[1] as SearchOperator | undefined;
    if (!operator) throw unreadable(`an operator (${operators.join(' ')}) is missing at '${this.rest()}'`);
    const name = path.join('.');
    const value = this.value(name, operator);
    return { isNegated, path, operator, value: fitting(value, operator, type, name) };
  }

  private fieldOf(name: string): { path: string[]; type: SearchFieldType } {
    if (name === 'metadata') {
      const key = this.take(METADATA_KEY)?.[1];
      if (key === undefined) throw unreadable(`metadata is searched by a key, as in metadata["order"]:"6735"`);
      return { path: ['metadata', unquoted(key)], type: 'token' };
    }
    const type = this.fields.get(name);
    if (!type) {
      const known = [...this.fields.keys(), 'metadata["key"]'].join(', ');
      throw badQuery(`Field \`${shown(name)}\` is an unsupported search field. Supported are ${known}.`);
    }
    return { path: name.split('.'), type };
  }

  private value(name: string, operator: SearchOperator): string | number | null {
    const quoted = this.take(QUOTED)?.[0];
    if (quoted !== undefined) return unquoted(quoted);
    const number = this.take(NUMBER)?.[0];
    if (number !== undefined) return Number(number);
    if (this.take(NULL)) return null;
    throw unreadable(`the value of ${name}${operator} must be a number, null, or stand in quotation marks`);
  }

  /** The next part of the text, if it is of this form. */
  private take(form: RegExp): RegExpExecArray | null {
    form.lastIndex = this.at;
    const found = form.exec(this.text);
    if (found) this.at += found[0].length;
    return found;
  }

  private rest(): string {
    return shown(this.text.slice(this.at, this.at + 30));
  }
}

/** @throws StripeError 400 for an operator or a value that the field's type does not allow */
function fitting(
  value: string | number | null,
  operator: SearchOperator,
  type: SearchFieldType,
  name: string,
): string | number | null {
  if (value === null) {
    if (operator === ':') return null;
    throw badQuery(`\`${shown(name)}\` can be compared with null by \`:\` alone.`);
  }
  if (type === 'number') {
    const number = Number(value);
    if (value === '' || !Number.isFinite(number)) throw badQuery(`\`${shown(name)}\` is compared with a number.`);
    if (operator === '~') throw badQuery(`\`${shown(name)}\` is a number, which \`~\` cannot search.`);
    return number;
  }
  if (operator === '~') {
    if (type !== 'string')
      throw badQuery(`\`${shown(name)}\` can be matched exactly alone: use \`:\` instead of \`~\`.`);
    if (String(value).length < SUBSTRING_MIN) {
      throw badQuery(`\`~\` needs at least ${SUBSTRING_MIN} characters to search \`${shown(name)}\` for.`);
    }
  } else if (operator !== ':') {
    throw badQuery(`\`${shown(name)}\` is text, which \`${operator}\` cannot compare.`);
  }
  return String(value);
}

function unquoted(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

const mixedConnectors = (): StripeError => badQuery('A query can use AND or OR, and not both.');

function unreadable(reason: string): StripeError {
  return badQuery(`We were unable to parse your search query: ${reason}. See https://stripe.com/docs/search.`);
}

function badQuery(message: string): StripeError {
  return invalidRequest(message, { param: 'query' });
}
