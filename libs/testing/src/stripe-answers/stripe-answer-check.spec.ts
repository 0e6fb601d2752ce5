import { describe, expect, it } from '@jest/globals';
import { faultsOfAnswer, faultsOfObject } from './stripe-answer-check.js';

const clock = {
  id: 'clock_1',
  object: 'test_helpers.test_clock',
  created: 1,
  deletes_after: 2,
  frozen_time: 1,
  livemode: false,
  name: null,
  status: 'ready',
  status_details: {},
};
const faults = (status: number, body: object) => faultsOfAnswer(status, JSON.stringify(body));

describe('an answer of the API', () => {
  it('may be an object of the stripe package', () => {
    expect(faults(200, clock)).toEqual([]);
    expect(faults(200, { id: 'clock_1', object: 'test_helpers.test_clock', deleted: true })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['lack a field', { ...clock, livemode: undefined }, " must have required property 'livemode', and is an object"],
    ['have another field', { ...clock, age: 3 }, '/age must NOT have additional properties, and is an object'],
    ['have a value of another type', { ...clock, created: '1' }, '/created must be number, and is "1"'],
    ['have null where no null is allowed', { ...clock, created: null }, '/created must be number, and is null'],
    [
      'have a value that the version has not',
      { ...clock, status: 'asleep' },
      '/status must be equal to one of the allowed values ["advancing","internal_failure","ready"], and is "asleep"',
    ],
    ['be of an unknown kind', { object: 'unicorn' }, ' is unicorn, which no type describes'],
    ['be of no kind', {}, ' is no object, which no type describes'],
  ])('may not %s', (_wrong, body, fault) => {
    expect(faults(200, body)).toContain(fault);
  });

  it('may be a page of such objects, and of nothing else', () => {
    const page = { object: 'list', url: '/v1/test_helpers/test_clocks', has_more: false, data: [clock] };
    expect(faults(200, page)).toEqual([]);
    expect(faults(200, { ...page, data: [{ ...clock, name: 5 }] })).toContain('/data/*/name must be string, and is 5');
    expect(faults(200, { ...page, data: [{ object: 'unicorn' }] })).toContain(
      '/data/* is unicorn, which no type describes',
    );
    expect(faults(200, { ...page, total_count: 1 })).toContain(
      '/total_count must NOT have additional properties, and is an object',
    );
  });

  it('may be what is left of a deleted object', () => {
    expect(faultsOfObject({ id: 'cus_1', object: 'customer', deleted: true })).toEqual([]);
    expect(faultsOfObject({ id: 'cus_1', object: 'customer', deleted: true, name: 'Ada' })).toEqual([
      '/name must NOT have additional properties, and is an object',
    ]);
  });

  it('may be an event, about an object of the type that it names', () => {
    const event = {
      id: 'evt_1',
      object: 'event',
      api_version: '2026-10-28.endive',
      created: 1,
      data: { object: clock },
      livemode: false,
      pending_webhooks: 0,
      request: null,
      type: 'test_helpers.test_clock.ready',
    };
    expect(faultsOfObject(event)).toEqual([]);
    expect(faultsOfObject({ ...event, data: { object: { ...clock, created: null } } })).toEqual([
      '/data/object/created must be number, and is null',
    ]);
    expect(faultsOfObject({ ...event, type: 'charge.succeeded' })).not.toEqual([]);
    expect(faultsOfObject({ ...event, type: 'invoice.paid' })).not.toEqual([]);
  });

  it('is an envelope when it is an error', () => {
    expect(faults(404, { error: { type: 'invalid_request_error', message: 'No such charge' } })).toEqual([]);
    expect(faults(404, { error: 'Not Found' })).toContain('/error must be object, and is "Not Found"');
    expect(faults(400, { error: { type: 'invalid_request_error' } })).not.toEqual([]);
    expect(faults(500, clock)).not.toEqual([]);
    expect(faultsOfAnswer(502, '<html>')).toEqual([' is not JSON: <html>']);
  });
});
