import assert from 'node:assert/strict';

/** SQL that is parsed once per connection and then called by its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const textsByName = new Map<string, string>();

/**
 * A named prepared statement. Asserts that a name stands for one text in the whole process: a connection
 * is shared, and the server would run the other text. Postgres cuts names at 63 bytes.
 */
export function statement(name: string, text: string): Statement {
  assert(name.length > 0 && Buffer.byteLength(name) <= 63, `statement name out of bounds: ${name}`);
  const known = textsByName.get(name);
  assert(known === undefined || known === text, `two statements named ${name}`);
  textsByName.set(name, text);
  return { name, text };
}

/** Every statement that this process knows by now, for who checks them all. */
export function knownStatements(): Statement[] {
  return [...textsByName].map(([name, text]) => ({ name, text }));
}
