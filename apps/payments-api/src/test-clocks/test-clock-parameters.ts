import { z } from 'zod';
import { nothingToExpand } from '../protocol/expand.js';
import { hash, integer, text, unknownObject } from '../protocol/parameter-schemas.js';

const HIGHEST_SECOND = 4_102_444_800;

const frozenTime = integer({ min: 0, max: HIGHEST_SECOND }).transform((second) => second * 1_000);

/** A valid `POST /v1/test_helpers/test_clocks`. */
export const newClockParameters = hash(
  z.object({
    expand: nothingToExpand,
    customer: unknownObject('customer'),
    frozen_time: frozenTime,
    name: text({ max: 300 }).nullable().default(null),
  }),
).transform(({ frozen_time, name }) => ({ frozenTime: frozen_time, name }));
export type NewClockParameters = z.output<typeof newClockParameters>;

/** A valid `POST /v1/test_helpers/test_clocks/:id/advance`. */
export const advanceParameters = hash(z.object({ expand: nothingToExpand, frozen_time: frozenTime })).transform(
  ({ frozen_time }) => ({ frozenTime: frozen_time }),
);
export type AdvanceParameters = z.output<typeof advanceParameters>;

/** A valid `GET /v1/test_helpers/test_clocks/:id`. */
export const clockParameters = hash(z.object({ expand: nothingToExpand }));

/** A valid `GET /v1/test_helpers/test_clocks`. An account has one clock at most, so a limit changes nothing. */
export const clockListParameters = hash(
  z.object({
    expand: nothingToExpand,
    limit: integer({ min: 1, max: 100 }).optional(),
    starting_after: text().optional(),
    ending_before: text().optional(),
  }),
);
export type ClockListParameters = z.output<typeof clockListParameters>;
