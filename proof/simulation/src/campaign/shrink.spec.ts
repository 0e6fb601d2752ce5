import { describe, expect, it } from '@jest/globals';
import { planned, type WorldSchedule } from '../schedule/schedule.js';
import { shrink } from './shrink.js';

const schedule = planned(1);

describe('shrink', () => {
  it('keeps exactly the parts that the failure needs', () => {
    const [fault] = schedule.faults;
    const [first, , third] = schedule.operations;
    const needs = ({ faults, operations }: WorldSchedule): boolean =>
      faults.includes(fault!) && operations.includes(first!) && operations.includes(third!);
    expect(shrink(schedule, needs)).toEqual({ ...schedule, faults: [fault], operations: [first, third] });
  });

  it('returns an empty schedule if the failure needs no part', () => {
    expect(shrink(schedule, () => true)).toMatchObject({ faults: [], operations: [] });
  });

  it('drops the operations after a time leap unless the failure needs them', () => {
    const leaping = { ...schedule, later: { leapMs: 1_000, operations: [schedule.operations[0]!] } };
    expect(shrink(leaping, () => true).later).toBeUndefined();
    expect(shrink(leaping, ({ later }) => later !== undefined)).toMatchObject({ later: leaping.later, operations: [] });
  });

  it('keeps the whole schedule if every part is needed', () => {
    expect(shrink(schedule, () => false)).toEqual(schedule);
  });
});
