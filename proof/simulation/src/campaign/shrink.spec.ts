import { describe, expect, it } from '@jest/globals';
import { planned, type WorldSchedule } from '../schedule/schedule.js';
import { shrink } from './shrink.js';

const schedule = planned(1);

describe('shrink', () => {
  it('leaves what the failure needs, and nothing else', () => {
    const [fault] = schedule.faults;
    const [first, , third] = schedule.operations;
    const needs = ({ faults, operations }: WorldSchedule): boolean =>
      faults.includes(fault!) && operations.includes(first!) && operations.includes(third!);
    expect(shrink(schedule, needs)).toEqual({ ...schedule, faults: [fault], operations: [first, third] });
  });

  it('leaves nothing of a failure that needs nothing', () => {
    expect(shrink(schedule, () => true)).toMatchObject({ faults: [], operations: [] });
  });

  it('leaves out what comes after a leap, unless it is needed', () => {
    const leaping = { ...schedule, later: { leapMs: 1_000, operations: [schedule.operations[0]!] } };
    expect(shrink(leaping, () => true).later).toBeUndefined();
    expect(shrink(leaping, ({ later }) => later !== undefined)).toMatchObject({ later: leaping.later, operations: [] });
  });

  it('changes nothing when every part is needed', () => {
    expect(shrink(schedule, () => false)).toEqual(schedule);
  });
});
