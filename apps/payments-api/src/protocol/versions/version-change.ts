import type { ApiVersion } from '../api-version.js';
import type { Expandable } from '../expand.js';

/** An object of the API: its field `object` names its kind. */
export type AnsweredObject = Readonly<Record<string, unknown>>;

/** A breaking change of Stripe's API, as the step back over it. */
export interface VersionChange {
  /** The first version that has it. */
  readonly version: ApiVersion;
  /** What the versions before showed, by the field `object`. */
  readonly before: Readonly<Record<string, (object: AnsweredObject) => AnsweredObject>>;
  /** What the versions before expanded unasked. */
  readonly expanded?: Readonly<Partial<Record<Expandable, readonly string[]>>>;
}
