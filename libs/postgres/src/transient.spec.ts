import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import { CommitUnknownError, isDefiniteRefusal, isTransientError } from './transient.js';

function databaseError(code: string): DatabaseError {
  const error = new DatabaseError('as the server words it', 0, 'error');
  error.code = code;
  return error;
}

describe('isTransientError', () => {
  it.each(['08006', '40001', '40P01', '55P03', '57014', '57P01', '57P02', '57P03', '53100', '53300', '25P03', '25P04'])(
    'retries after SQLSTATE %s',
    (code) => expect(isTransientError(databaseError(code))).toBe(true),
  );

  it.each(['23505', '23503', '23514', '42601', '42P01', '22003', '28P01', '3D000', 'P0001', 'XX000'])(
    'gives up after SQLSTATE %s',
    (code) => expect(isTransientError(databaseError(code))).toBe(false),
  );

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'no_worker_id'])('retries after the code %s', (code) => {
    expect(isTransientError(Object.assign(new Error('as it may be worded'), { code }))).toBe(true);
  });

  it.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('retries after "%s" of the driver', (message) => expect(isTransientError(new Error(message))).toBe(true));

  it('retries after an unknown commit', () => {
    expect(isTransientError(new CommitUnknownError(new Error('gone')))).toBe(true);
  });

  it('does not retry after unknown errors', () => {
    for (const error of [new Error('Connection'), new TypeError('x is not a function'), 'ECONNRESET', undefined]) {
      expect(isTransientError(error)).toBe(false);
    }
  });
});

describe('isDefiniteRefusal', () => {
  it('is true after an error of a session that goes on', () => {
    for (const code of ['23505', '40001', '40P01', '57014']) expect(isDefiniteRefusal(databaseError(code))).toBe(true);
  });

  it('is false for a session that ended, and for a lost connection', () => {
    for (const code of ['57P01', '57P02', '08006', '25P03', 'XX000']) {
      expect(isDefiniteRefusal(databaseError(code))).toBe(false);
    }
    expect(isDefiniteRefusal(new Error('Connection terminated unexpectedly'))).toBe(false);
  });
});
