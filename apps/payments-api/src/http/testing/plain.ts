import { isHash, type Parameter } from '../../protocol/parameters.js';

/** Parameters as JSON would write them, to be compared and printed. */
export function plain(value: Parameter): unknown {
  if (typeof value === 'string') return value;
  if (!isHash(value)) return value.map(plain);
  return Object.fromEntries([...value].map(([name, part]) => [name, plain(part)]));
}
