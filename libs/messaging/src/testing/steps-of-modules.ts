import type { Type } from '@nestjs/common';
import type { AnyStep } from '#saga';
import { stepsOf } from '../event-handlers.js';

/** The event handlers of these modules' controllers, which are constructed without dependencies: handlers use none. */
export function stepsOfModules(...modules: readonly Type[]): AnyStep[] {
  const controllers = modules.flatMap((module) => Reflect.getMetadata('controllers', module) as Type[]);
  return stepsOf(controllers.map(({ prototype }) => Object.create(prototype as object) as object));
}
