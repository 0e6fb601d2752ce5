import type { KeyedHash } from '../accounts/keyed-hash.js';
import { isHash, type Parameter, type Parameters } from '../protocol/parameters.js';
import { withoutSecrets } from '../test-cards/instrument.js';

/**
 * Compared when a key is used again: a keyed hash of the parameters, independent of their order and of form or JSON
 * encoding. A card counts by its fingerprint and expiry.
 */
export function fingerprintOfRequest(parameters: Parameters, hash: KeyedHash): string {
  return hash.digest('request', canonical(withoutSecrets(parameters, hash)));
}

function canonical(value: Parameter): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (!isHash(value)) return listed(value);
  // A list has two encodings: expand[]=a and expand[0]=a.
  const indexed = [...value.keys()].map((_, index) => value.get(String(index)));
  if (value.size > 0 && !indexed.includes(undefined)) return listed(indexed as Parameter[]);
  const names = [...value.keys()].sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value.get(name)!)}`).join()}}`;
}

const listed = (items: readonly Parameter[]): string => `[${items.map(canonical).join()}]`;
