import type { KeyedHash } from '../accounts/keyed-hash.js';
import { isTree, type Parameter, type Parameters } from '../http/parameters.js';
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
  if (!isTree(value)) return `[${value.map(canonical).join()}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name]!)}`).join()}}`;
}
