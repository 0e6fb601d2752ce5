import assert from 'node:assert/strict';

/** A named prepared statement, parsed once per connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const textsByName = new Map<string, string>();

/**
 * @throws AssertionError when the name has another text in this process: on a shared connection the server would run
 * that one. Names have at most 63 bytes (NAMEDATALEN).
 */
export function statement(name: string, text: string): Statement {
  assert(name.length > 0 && Buffer.byteLength(name) <= 63, `statement name out of bounds: ${name}`);
  const known = textsByName.get(name);
  assert(known === undefined || known === text, `two statements named ${name}`);
  textsByName.set(name, text);
  return { name, text };
}

/** Every statement that this process has made, for tests that check them all. */
export function knownStatements(): Statement[] {
  return [...textsByName].map(([name, text]) => ({ name, text }));
}
