import type { KeyedHash } from '../accounts/keyed-hash.js';
import { isHash, type Parameter, type Parameters } from '../protocol/parameters.js';
import { withoutSecrets } from '../test-cards/instrument.js';

/**
 * What is compared when a key is used again: a keyed hash of the parameters, whatever their order and
 * whether they came as a form or as JSON. A card counts by its fingerprint and expiry.
 */
export function fingerprintOfRequest(parameters: Parameters, hash: KeyedHash): string {
  return hash.digest('request', canonical(withoutSecrets(parameters, hash)));
}

function canonical(value: Parameter): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (!isHash(value)) return listed(value);
  // One list has two spellings: expand[]=a and expand[0]=a.
  const indexed = [...value.keys()].map((_, index) => value.get(String(index)));
  if (value.size > 0 && !indexed.includes(undefined)) return listed(indexed as Parameter[]);
  const names = [...value.keys()].sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value.get(name)!)}`).join()}}`;
}

const listed = (items: readonly Parameter[]): string => `[${items.map(canonical).join()}]`;
