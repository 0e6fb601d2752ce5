import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const ITERATIONS = 4_096;

/**
 * What Postgres stores of a password. Computed here, so that the password itself reaches neither the server nor its
 * log. Source: RFC 5803 and PostgreSQL, src/common/scram-common.c.
 */
export function scramVerifier(password: string): string {
  // SASLprep leaves ASCII as it is, and is not implemented here.
  assert(/^[\x21-\x7e]+$/.test(password), 'a password is printable ASCII without spaces');
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(keyed('Client Key')).digest('base64');
  const serverKey = keyed('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
