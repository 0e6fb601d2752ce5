import type { ApiExchange } from '../history.js';
import { performedMs, type KnownCharge, type KnownRefund } from './known-objects.js';
import type { KeyedOperation } from './operation.js';
import { possibleValues, type Write } from './register.js';
import { where, type Sighting } from './sightings.js';

type Parameters = ApiExchange['parameters'];
type Value = string | null;

/** Fields that a merchant may update at any time. Each field, and each metadata key, is checked as a register. */
export const chargeRegisters = ['description', 'receipt_email', 'transfer_group', 'user_report'] as const;
type Register = (typeof chargeRegisters)[number] | `metadata[${string}]`;

/** One sighting of a register's value. */
export interface RegisterSighting {
  readonly register: Register;
  readonly value: Value;
  readonly sighting: Pick<Sighting, 'exchange' | 'number'>;
}

/** @returns undefined when the request leaves the register as it is */
function written(parameters: Parameters, register: Register): Value | undefined {
  const name = register === 'user_report' ? 'fraud_details[user_report]' : register;
  // An empty `metadata` unsets all its keys.
  const text = parameters[name] ?? (register.startsWith('metadata[') ? parameters['metadata'] : undefined);
  return text === undefined ? undefined : text === '' ? null : text;
}

type Written = Pick<KnownCharge | KnownRefund, 'creation' | 'updates' | 'notBeforeMs' | 'surelyFromMs'>;

/** All certain and possible writes to a register. Undefined if its initial value is unknown. */
export function writesOf({ creation, updates }: Written, register: Register): Write<Value>[] | undefined {
  if (!creation) return undefined;
  const first = { value: written(creation.parameters, register) ?? null, ...spanOf(creation) };
  return [
    first,
    ...updates.flatMap((update) => {
      const value = written(update.parameters, register);
      return value === undefined ? [] : [{ value, ...spanOf(update) }];
    }),
  ];
}

const spanOf = (operation: KeyedOperation) => ({ sentMs: operation.sentMs, answeredMs: performedMs(operation) });

/** A read returns the last write or a concurrent one. */
export function judgeRegisters(id: string, object: Written, sightings: readonly RegisterSighting[]): string[] {
  return [...Map.groupBy(sightings, ({ register }) => register)].flatMap(([register, shown]) => {
    const writes = writesOf(object, register);
    if (!writes) return [];
    const known = withSeen(writes, shown);
    return shown.flatMap(({ value, sighting }) => {
      const { sentMs, endedMs } = sighting.exchange;
      const possible = possibleValues(known, sentMs, endedMs);
      if (possible.has(value)) return [];
      const list = [...possible].map((each) => JSON.stringify(each)).join(' or ');
      return [`${id}: ${where(sighting)} shows ${register} ${JSON.stringify(value)}, which must be ${list || 'unset'}`];
    });
  });
}

/** A write without an answer was in effect, at the latest, when its unique value was shown. */
function withSeen(writes: readonly Write<Value>[], shown: readonly RegisterSighting[]): Write<Value>[] {
  return writes.map((write) => {
    if (write.answeredMs !== Infinity || writes.some((other) => other !== write && other.value === write.value))
      return write;
    const seenMs = shown.filter(({ value }) => value === write.value).map(({ sighting }) => sighting.exchange.endedMs);
    return { ...write, answeredMs: Math.min(Infinity, ...seenMs) };
  });
}

/** The metadata keys that were written or shown. */
export function metadataRegisters({ creation, updates }: Written, shown: readonly Sighting[]): Register[] {
  const keys = new Set<string>();
  for (const { object } of shown)
    if ('metadata' in object) for (const key of Object.keys(object.metadata)) keys.add(key);
  for (const { parameters } of creation ? [creation, ...updates] : updates)
    for (const name of Object.keys(parameters)) {
      const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
      if (key !== undefined) keys.add(key);
    }
  return [...keys].map((key) => `metadata[${key}]` as const);
}
