import type { ChargeEvidence } from '../evidence.js';
import type { AttributedRows } from './attributed-rows.js';
import type { KeyedOperation } from './operation.js';
import { possibleValues, type Write } from './register.js';

/** Fields of a charge that a merchant may update: description, metadata and others without effect on money. */
export interface EditableText {
  readonly description: string | null;
  readonly receiptEmail: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Written extends Write<string | null> {
  /** Name of the operation. */
  readonly name: string;
}

type Writes = ReadonlyMap<string, readonly Written[]>;

const plain = ['description', 'receipt_email'];
const metadataName = /^metadata\[([^\]]+)\]$/;

/** Every write to the charge by parameter. The creation writes all parameters, an update those that it names. */
export function textsOf(claims: AttributedRows, row: ChargeEvidence): Writes {
  const creation = claims.creation.get(row);
  if (!creation) return new Map();
  const later = (claims.operationsOn.get(row.id) ?? []).filter(
    ({ account, kind, mayTakeEffect, answer }) =>
      account === row.account &&
      mayTakeEffect &&
      (kind === 'update_charge' || kind === 'capture') &&
      (answer === undefined || answer.status === 200 || answer.status === 402),
  );
  const all = [creation, ...later];
  const names = new Set([
    ...plain,
    ...Object.keys(row.metadata).map((key) => `metadata[${key}]`),
    ...all.flatMap(({ parameters }) => Object.keys(parameters).filter((name) => metadataName.test(name))),
  ]);
  return new Map(
    [...names].map((parameter) => [
      parameter,
      all.flatMap((operation) => {
        const value = written(operation, parameter, operation === creation);
        const { name, sentMs, answeredMs } = operation;
        return value === undefined ? [] : [{ value, name, sentMs, answeredMs }];
      }),
    ]),
  );
}

/** The written value: null unsets it, undefined leaves it unchanged. */
function written({ parameters }: KeyedOperation, name: string, isCreation: boolean): string | null | undefined {
  const text = parameters[name];
  if (text !== undefined) return text === '' ? null : text;
  if (metadataName.test(name) && parameters['metadata'] === '') return null;
  return isCreation ? null : undefined;
}

/** The writes as the operation's own answer may show them: its own write is in effect from its sending. */
export function withOwn(writes: Writes, { name, sentMs }: KeyedOperation): Writes {
  const isOwn = (write: Written): boolean => write.name === name && write.sentMs === sentMs;
  return new Map(
    [...writes].map(([parameter, all]) => [
      parameter,
      all.map((write) => (isOwn(write) ? { ...write, answeredMs: sentMs } : write)),
    ]),
  );
}

/** @returns the fields whose values no write sent before `toMs` explains */
export function wrongTexts(writes: Writes, shown: EditableText, fromMs: number, toMs: number): string[] {
  const wrong: string[] = [];
  for (const [name, all] of writes) {
    const value = valueIn(shown, name);
    const possible = possibleValues(all, fromMs, toMs);
    if (!possible.has(value)) wrong.push(`${name} is ${value}, requested: ${[...possible].join(' or ')}`);
  }
  for (const key of Object.keys(shown.metadata))
    if (writes.size > 0 && !writes.has(`metadata[${key}]`))
      wrong.push(`metadata[${key}] is ${shown.metadata[key]}, which no request wrote`);
  return wrong;
}

function valueIn({ description, receiptEmail, metadata }: EditableText, name: string): string | null {
  if (name === 'description') return description;
  if (name === 'receipt_email') return receiptEmail;
  return metadata[metadataName.exec(name)![1]!] ?? null;
}
