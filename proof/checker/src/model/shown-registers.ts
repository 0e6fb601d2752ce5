import type { ApiExchange } from '../history.js';
import { performedMs, type KnownCharge, type KnownRefund } from './known-objects.js';
import type { KeyedOperation } from './operation.js';
import { possibleValues, type Write } from './register.js';
import { where, type Sighting } from './sightings.js';

type Parameters = ApiExchange['parameters'];
type Value = string | null;

/** What a merchant may write at any time; each field, and each key of metadata, is a register of its own. */
export const chargeRegisters = ['description', 'receipt_email', 'transfer_group', 'user_report'] as const;
type Register = (typeof chargeRegisters)[number] | `metadata[${string}]`;

/** Where one register is shown, or a part of the answer that tells its value. */
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

/** All that was written into a register, or may have been; undefined when nobody knows what it began with. */
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

/** A register shows what the last write left, or one that ran beside the read: its bound is a set of values. */
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

/** A write without an answer took effect at the latest when its value, which nobody else wrote, was shown. */
function withSeen(writes: readonly Write<Value>[], shown: readonly RegisterSighting[]): Write<Value>[] {
  return writes.map((write) => {
    if (write.answeredMs !== Infinity || writes.some((other) => other !== write && other.value === write.value))
      return write;
    const seenMs = shown.filter(({ value }) => value === write.value).map(({ sighting }) => sighting.exchange.endedMs);
    return { ...write, answeredMs: Math.min(Infinity, ...seenMs) };
  });
}

/** Those keys of metadata that anybody wrote or was shown. */
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
