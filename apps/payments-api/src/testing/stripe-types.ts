import { readFileSync } from 'node:fs';

// The fields that the official package's types declare, read from its declaration files, which are of one regular form.

interface DeclaredField {
  readonly name: string;
  readonly isOptional: boolean;
  /** As written, without comments. */
  readonly type: string;
}

/** By qualified name: `Charge.PaymentMethodDetails.Card`. */
type Interfaces = ReadonlyMap<string, readonly DeclaredField[]>;

const FILES = ['Balance', 'BalanceTransactions', 'Cards', 'Charges', 'Events', 'Refunds', 'WebhookEndpoints'];

let interfaces: Interfaces | undefined;

/**
 * @param type `Charge`, `Refund`, …
 * @returns where a value is not what the type says: a required field that is missing, a null where none may be
 */
export function misfits(value: object, type: string): string[] {
  interfaces ??= new Map(FILES.flatMap((file) => declared(`node_modules/stripe/esm/resources/${file}.d.ts`)));
  const fields = interfaces.get(type);
  if (!fields) throw new Error(`the package declares no ${type}`);
  const given = new Map(Object.entries(value));
  return fields.flatMap(({ name, isOptional, type: written }): string[] => {
    const at = `${type}.${name}`;
    if (!given.has(name)) return isOptional ? [] : [`${at} is missing`];
    const inner: unknown = given.get(name);
    if (inner === null) return written.endsWith('| null') ? [] : [`${at} is null, and is ${written}`];
    const known = referenceIn(written, type);
    return known === undefined ? [] : itemsOf(inner).flatMap((item) => misfits(item, known));
  });
}

/** The objects in a value: itself, or the items of an array or of a list object. Ids are left out. */
function itemsOf(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(itemsOf);
  return 'data' in value ? itemsOf(value.data) : [value];
}

/** The interface that a written type names, as seen from inside another; undefined for one of another file. */
function referenceIn(written: string, from: string): string | undefined {
  const scopes = from.split('.');
  const names = [...written.matchAll(/\b[A-Z]\w*(?:\.\w+)*/g)].map(([name]) => name);
  for (const name of names) {
    for (let depth = scopes.length; depth >= 0; depth--) {
      const qualified = [...scopes.slice(0, depth), name].join('.');
      if (interfaces!.has(qualified)) return qualified;
    }
  }
  return undefined;
}

function declared(file: string): [string, DeclaredField[]][] {
  const found: [string, DeclaredField[]][] = [];
  const scopes: string[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const opened = /^\s*(?:export )?(?:declare )?(interface|namespace|class) (\w+).*\{$/.exec(line);
    const field = /^\s*(\w+)(\?)?: (.*);$/.exec(line);
    if (opened) {
      scopes.push(opened[2]!);
      if (opened[1] === 'interface') found.push([scopes.join('.'), []]);
    } else if (/^\s*\}$/.test(line)) scopes.pop();
    else if (field && found.at(-1)?.[0] === scopes.join('.'))
      found.at(-1)![1].push({ name: field[1]!, isOptional: field[2] !== undefined, type: field[3]! });
  }
  return found;
}
